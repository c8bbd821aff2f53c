/** The Worker of `threadheap stress` for one thread of a synthetic workload: it does its work, tells, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { runWorkload, type WorkloadTask } from '../src/stress/workload-task.ts';

// A port between threads has no origin to name.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(runWorkload(workerData as WorkloadTask));
