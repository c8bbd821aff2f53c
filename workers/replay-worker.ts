/** The piscina worker of `threadheap stress`: replays one stream of a trace, or inspects the heap after a round. */
export { replayStream } from '../src/stress/threads/replay-task.ts';
export { inspectHeap } from '../src/stress/oracles/inspection.ts';
