/**
 * What the main thread gives a worker of a synthetic workload, and what the worker does with it: live one thread's
 * life, or sweep up what all of them have left.
 */
import { NO_BLOCK } from './block-keeper.ts';
import type { RoundTask } from './job.ts';
import type { StreamOutcome } from './stream-outcome.ts';
import { withWitness } from './witnessed-heap.ts';
import { WorkloadContext } from './workload.ts';
import { workloadNamed } from './workloads/workloads.ts';

export interface WorkloadTask extends RoundTask {
  readonly workload: string;
  readonly stream: number;
  readonly threads: number;
  readonly generation: number;
  readonly slots: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
  readonly isSweep: boolean;
}

export function runWorkload(task: WorkloadTask): StreamOutcome {
  const { stream, generation } = task;
  return withWitness(task, { stream, phase: task.seed + stream + generation }, (heap, control, witness) => {
    const context = new WorkloadContext(task, heap, control, witness);
    const startedAt = performance.timeOrigin + performance.now();
    if (task.isSweep) sweep(context);
    else if (generation > 0 || control.arrive()) workloadNamed(task.workload).run(context);
    const endedAt = performance.timeOrigin + performance.now();
    if (task.isSweep) witness.publishLive();
    else context.look();
    return { startedAt, endedAt, violations: witness.log.first, sample: context.sample };
  });
}

function sweep({ slots, blocks }: WorkloadContext): void {
  for (let slot = 0; slot < slots.length; slot++) {
    if (slots[slot] !== NO_BLOCK) blocks.giveBack(slots[slot]);
  }
}
