/**
 * This library as a contestant beside native ones: a process that serves rounds of a workload on one heap, in threads
 * that live as long as it does. The same words and lines as for the C harness:
 *
 *   node heap-process.js WORKLOAD THREADS
 */
import { createInterface } from 'node:readline';
import { Lane } from '../measure/lane.ts';
import { NATIVE_WORKLOADS, type HeapLane } from './heap-lane.ts';

const [workload, threads] = process.argv.slice(2);
const module = new URL('heap-lane.js', import.meta.url);
const parameters: HeapLane = { workload: NATIVE_WORKLOADS.find((name) => name === workload)! };
const lane = await Lane.open({ module, threads: Number(threads), parameters });
for await (const count of createInterface(process.stdin)) {
  console.log(await lane.run(Number(count)).catch((error: Error) => error.message));
}
await lane.close();
