/**
 * A worker's visit to the heap under test: attach, listen in, break what is to be broken, watch every call, detach.
 */
import { MemoryManager } from '../../index.ts';
import { Control } from '../control/control.ts';
import { breakHeap } from './faults.ts';
import { listenIn } from '../measures/instruments.ts';
import type { RoundTask } from './round-task.ts';
import { Witness } from '../oracles/witness.ts';

export function withWitness<Result>(
  task: RoundTask,
  { stream, phase }: { readonly stream: number; readonly phase: number },
  work: (heap: MemoryManager, control: Control, witness: Witness) => Result,
): Result {
  listenIn(task.meters, stream, task.histograms);
  const heap = MemoryManager.attach(task.handle);
  try {
    if (task.fault !== undefined) breakHeap(heap, task.fault);
    const control = new Control(task.control);
    const { evidence, histograms, oracles, seed } = task;
    return work(heap, control, new Witness({ heap, control, evidence, histograms, oracles, stream, seed, phase }));
  } finally {
    heap.detach();
  }
}
