/**
 * The Worker of `threadheap stress` for one thread of a synthetic workload: it says that it has loaded, does what it is
 * told, says what came of it, and ends.
 */
import { parentPort } from 'node:worker_threads';
import {
  runTask,
  type SweepTask,
  type WorkloadMessage,
  type WorkloadTask,
} from '../src/stress/threads/workload-task.ts';

const port = parentPort!;

function tell(message: WorkloadMessage): void {
  // A port between threads has no origin to name.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  port.postMessage(message);
}

port.once('message', (task: WorkloadTask | SweepTask) => {
  runTask(task, tell);
  port.close();
});
tell({ kind: 'ready' });
