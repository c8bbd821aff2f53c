/** The piscina worker of `threadheap stress`: replays one stream of a trace, or inspects the heap after a round. */
export { inspectHeap, replayStream } from '../src/stress/replay-task.ts';
