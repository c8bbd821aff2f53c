/**
 * What the main thread gives a worker, and what the worker does with it: live one thread's life in a synthetic workload,
 * or look at the heap.
 *
 *   main thread                        worker
 *                          ◀── ready   all modules are loaded
 *   ThreadTask             ──▶
 *                          ◀── map     any number of times
 *                          ◀── the result, then it ends
 *
 * Or sweep up what all threads have left. It attaches before they work and frees after they have ended: so it is one
 * that has their slabs from nobody, and the memory comes back without anybody who adopts them.
 *
 *   SweepTask              ──▶
 *                          ◀── attached
 *   deaths                 ──▶
 *                          ◀── sweep, then it ends
 */
import { BlockKeeper } from '../workloads/block-keeper.ts';
import { StopReason, type Control } from '../control/control.ts';
import type { HeapMap } from '../results/stress-result.ts';
import { inspectHeap, type Inspection, type InspectionTask } from '../oracles/inspection.ts';
import type { RoundTask } from './round-task.ts';
import type { OpenIntent } from '../oracles/ledger.ts';
import { Meters } from '../measures/meters.ts';
import type { StreamOutcome } from '../measures/stream-outcome.ts';
import { Sweeper, type Sweep } from './sweep.ts';
import type { Witness } from '../oracles/witness.ts';
import { visit, withWitness } from './witnessed-heap.ts';
import { WorkloadContext } from '../workloads/workload.ts';
import { workloadNamed } from '../workloads/workloads.ts';

export interface WorkloadTask extends RoundTask {
  readonly workload: string;
  readonly stream: number;
  readonly threads: number;
  readonly generation: number;
  readonly slots: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
}

/** A task that frees what is left, after all streams have stopped. */
export interface SweepTask extends RoundTask {
  readonly sweeps: true;
}

export type ThreadTask = WorkloadTask | SweepTask | InspectionTask;

/** What a worker says. */
export type WorkloadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'map'; readonly map: HeapMap }
  | { readonly kind: 'outcome'; readonly outcome: StreamOutcome }
  | { readonly kind: 'attached' }
  | { readonly kind: 'sweep'; readonly sweep: Sweep }
  | { readonly kind: 'inspection'; readonly inspection: Inspection };

/** Everything but a sweep. */
export function runTask(task: WorkloadTask | InspectionTask, tell: (message: WorkloadMessage) => void): void {
  if (!('workload' in task)) return tell({ kind: 'inspection', inspection: inspectHeap(task) });
  const { stream, generation } = task;
  const phase = task.seed + stream + generation;
  const onMap = (map: HeapMap): void => tell({ kind: 'map', map });
  const outcome = withWitness(task, { stream, phase }, ({ heap, control, witness }) =>
    runWorkload(new WorkloadContext(task, heap, control, witness, onMap), task, control, witness),
  );
  tell({ kind: 'outcome', outcome });
}

/** One thread's life; in an endless round it lives it again and again. */
function runWorkload(
  context: WorkloadContext,
  { generation, workload }: WorkloadTask,
  control: Control,
  witness: Witness,
): StreamOutcome {
  const startedAt = performance.timeOrigin + performance.now();
  const isOn = generation > 0 || control.arrive();
  if (isOn) {
    do workloadNamed(workload).run(context);
    while (control.isEndless && context.goesOn() && control.stopReason === StopReason.NONE);
  }
  const endedAt = performance.timeOrigin + performance.now();
  context.look();
  return { startedAt, endedAt, violations: witness.log.first, sample: context.sample, map: undefined };
}

/** Attaches; the function that it returns sweeps up and leaves. What it frees counts for no stream. */
export function beginSweep(task: SweepTask): (deaths: readonly OpenIntent[]) => Sweep {
  const stream = 0;
  const { heap, control, witness, end } = visit({ ...task, lingers: false }, { stream, phase: task.seed });
  const { evidence, seed } = task;
  return (deaths) => {
    try {
      const meters = new Meters(Meters.reserve(1));
      const blocks = new BlockKeeper(heap, witness, control, { stream, evidence, meters });
      return new Sweeper(heap, blocks, witness, evidence).sweep(deaths, (seed & 2) === 0);
    } finally {
      end();
    }
  };
}
