/**
 * The Worker of `threadheap stress` for one task, such as one thread's life in a synthetic workload: it says that it has
 * loaded, does what it is told, says what came of it, and ends.
 */
import { parentPort } from 'node:worker_threads';
import { runTask, type ThreadTask, type WorkloadMessage } from '../src/stress/threads/workload-task.ts';

const port = parentPort!;

function tell(message: WorkloadMessage): void {
  // A port between threads has no origin to name.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  port.postMessage(message);
}

port.once('message', (task: ThreadTask) => {
  runTask(task, tell);
  port.close();
});
tell({ kind: 'ready' });
