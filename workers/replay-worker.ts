/** The piscina worker of `threadheap stress`: replays one stream of a trace. */
export { replayStream as default } from '../src/stress/threads/replay-task.ts';
