/**
 * The entry of a worker thread in tests: runs the job that its data names.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { jobs, type JobInput, type JobName } from './jobs.ts';

const { job, ...input } = workerData as { job: JobName } & Omit<JobInput, 'tell'>;
const port = parentPort!;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
jobs[job]({ ...input, tell: (message) => port.postMessage(message) });
