/**
 * A worker's visit to the heap under test: attach, break what is to be broken, watch every call, detach.
 */
import { MemoryManager } from '../index.ts';
import { breakLock } from '../sync/fault.ts';
import { Control } from './control.ts';
import type { RoundTask } from './job.ts';
import { Witness } from './witness.ts';

export function withWitness<Result>(
  task: RoundTask,
  { stream, phase }: { readonly stream: number; readonly phase: number },
  work: (heap: MemoryManager, control: Control, witness: Witness) => Result,
): Result {
  const heap = MemoryManager.attach(task.handle);
  try {
    if (task.fault === 'lock') breakLock();
    const control = new Control(task.control);
    const { shadow, histograms, seed } = task;
    return work(heap, control, new Witness({ heap, control, shadow, histograms, stream, seed, phase }));
  } finally {
    heap.detach();
  }
}
