/**
 * A worker's visit to the heap under test: attach, listen in, break what is to be broken, watch every call, detach.
 */
import { MemoryManager } from '../../index.ts';
import { Control } from '../control/control.ts';
import { listenIn } from '../measures/instruments.ts';
import { Witness } from '../oracles/witness.ts';
import { breakHeap } from './faults.ts';
import type { RoundTask } from './round-task.ts';

export interface Visit {
  readonly heap: MemoryManager;
  readonly control: Control;
  readonly witness: Witness;
}

export interface Place {
  readonly stream: number;
  readonly phase: number;
}

/** To be ended by `heap.detach()`. */
export function visit(task: RoundTask, { stream, phase }: Place): Visit {
  listenIn(task.meters, stream, task.histograms);
  const heap = MemoryManager.attach(task.handle);
  if (task.fault !== undefined) breakHeap(heap, task.fault);
  const control = new Control(task.control);
  const { evidence, histograms, oracles, seed } = task;
  const witness = new Witness({ heap, control, evidence, histograms, oracles, stream, seed, phase });
  return { heap, control, witness };
}

export function withWitness<Result>(task: RoundTask, place: Place, work: (visit: Visit) => Result): Result {
  const visited = visit(task, place);
  try {
    return work(visited);
  } finally {
    visited.heap.detach();
  }
}
