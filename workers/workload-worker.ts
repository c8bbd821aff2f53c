/**
/**
 * The Worker of `threadheap stress` for one task, such as one thread's life in a synthetic workload: it says that it has
 * loaded, does what it is told, says what came of it, and ends.
 */
import { parentPort } from 'node:worker_threads';
import type { OpenIntent } from '../src/stress/oracles/ledger.ts';
import {
  beginSweep,
  runTask,
  type SweepTask,
  type ThreadTask,
  type WorkloadMessage,
} from '../src/stress/threads/workload-task.ts';

const port = parentPort!;

function tell(message: WorkloadMessage): void {
  // A port between threads has no origin to name.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  port.postMessage(message);
}

function sweep(task: SweepTask): void {
  const finish = beginSweep(task);
  port.once('message', (deaths: readonly OpenIntent[]) => {
    tell({ kind: 'sweep', sweep: finish(deaths) });
    port.close();
  });
  tell({ kind: 'attached' });
}

port.once('message', (task: ThreadTask) => {
  if ('sweeps' in task) return sweep(task);
  runTask(task, tell);
  port.close();
});
tell({ kind: 'ready' });
