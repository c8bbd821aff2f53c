/**
 * `npm run import-cost`: processor time that an import of the built core takes in a new thread, beside an import of an
 * empty module; the least of several rounds.
 */
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ROOT } from './bundle.ts';

const ROUNDS = 25;
const CORE = join(ROOT, 'dist/index.js');
const EMPTY = 'data:text/javascript,';

const MEASURE = `
const { parentPort, workerData } = require('node:worker_threads');
const before = process.cpuUsage();
import(workerData).then(() => {
  const { user, system } = process.cpuUsage(before);
  parentPort.postMessage((user + system) / 1000);
});`;

const costs = { core: Infinity, empty: Infinity };
for (let round = 0; round < ROUNDS; round++) {
  costs.core = Math.min(costs.core, await millisecondsOf(pathToFileURL(CORE).href));
  costs.empty = Math.min(costs.empty, await millisecondsOf(EMPTY));
}
const { size } = statSync(CORE);
console.log(`import of the core: ${costs.core.toFixed(1)} ms of processor time, 1 file of ${size} bytes`);
console.log(`import of an empty module: ${costs.empty.toFixed(1)} ms`);

async function millisecondsOf(module: string): Promise<number> {
  const [milliseconds] = (await once(new Worker(MEASURE, { eval: true, workerData: module }), 'message')) as [number];
  return milliseconds;
}
