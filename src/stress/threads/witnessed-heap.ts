/**
 * A worker's visit to the heap under test: attach, listen in, break what is to be broken, watch every call, leave.
 */
import { MemoryManager, type HeapHandle } from '../../index.ts';
import { Layout } from '../../layout/layout.ts';
import { openMember } from '../../memory-manager/members.ts';
import { checkedAttachOptions } from '../../memory-manager/options.ts';
import { Control } from '../control/control.ts';
import { listenIn } from '../measures/instruments.ts';
import { Witness } from '../oracles/witness.ts';
import { breakHeap } from './faults.ts';
import type { RoundTask } from './round-task.ts';

export interface Visit {
  readonly heap: MemoryManager;
  readonly control: Control;
  readonly witness: Witness;
  readonly end: () => void;
}

export interface Place {
  readonly stream: number;
  readonly phase: number;
}

export function visit(task: RoundTask, { stream, phase }: Place): Visit {
  listenIn(task.meters, stream, task.histograms);
  const { heap, end } = task.lingers ? attach(task.handle) : join(task.handle);
  if (task.fault !== undefined) breakHeap(heap, task.fault);
  const control = new Control(task.control);
  const { evidence, histograms, oracles, seed } = task;
  const witness = new Witness({ heap, control, evidence, histograms, oracles, stream, seed, phase });
  return { heap, control, witness, end };
}

function attach(handle: HeapHandle): Pick<Visit, 'heap' | 'end'> {
  const heap = MemoryManager.attach(handle);
  return { heap, end: () => heap.detach() };
}

/** As a member that does not stay on when it detaches: what it has is nobody's then. */
function join({ buffer }: HeapHandle): Pick<Visit, 'heap' | 'end'> {
  const member = openMember(new Layout(buffer), checkedAttachOptions({}));
  const heap = new MemoryManager(member);
  const end = (): void => {
    heap.detach();
    if (member.resume()) member.leave();
  };
  return { heap, end };
}

export function withWitness<Result>(task: RoundTask, place: Place, work: (visit: Visit) => Result): Result {
  const visited = visit(task, place);
  try {
    return work(visited);
  } finally {
    visited.end();
  }
}
