/**
 * What the main thread posts to the pool's workers for one stream of a trace, and what they do with it. All shared state
 * travels as SharedArrayBuffers.
 */
import type { RoundTask } from './round-task.ts';
import { Replayer, type StreamTask } from '../traces/replayer.ts';
import type { StreamOutcome } from '../measures/stream-outcome.ts';
import { withWitness } from './witnessed-heap.ts';

export interface ReplayTask extends RoundTask {
  readonly stream: StreamTask;
}

export function replayStream(task: ReplayTask): StreamOutcome {
  const { stream } = task.stream;
  return withWitness(task, { stream, phase: task.seed + stream }, ({ heap, control, witness }) =>
    new Replayer(task.stream, task, heap, control, witness).run(),
  );
}
