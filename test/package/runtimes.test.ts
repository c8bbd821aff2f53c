/**
 * The installed package in Bun and Deno, by `npm run test:runtimes`: their packages are large, so they are fetched only
 * when asked for. Where they cannot be had, the tests say so and why.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledPackage } from '../support/installed-package.ts';
import { EXPECTED, NODE_WORKER, nodeMain } from './programs.ts';

const PATIENCE_MS = 300_000;
const RUNTIMES = [
  { name: 'bun', version: '1.4.5', flags: ['run'], end: 'for (;;) heap.deallocate(heap.allocate(30_000));' },
  // Deno's `terminate` tells of an exit, and lets a worker that never waits go on all the same: this one ends itself.
  { name: 'deno', version: '2.9.6', flags: ['run', '-A'], end: 'process.exit();' },
];
/** A worker ends without detaching. */
const SURVIVOR = `
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { MemoryManager } from 'threadheap';
const heap = new MemoryManager(1 << 20);
const worker = new Worker(new URL('./victim.js', import.meta.url), { workerData: heap.handle });
heap.watch(worker);
const gone = once(worker, 'exit');
await once(worker, 'message');
await worker.terminate();
await gone;
// The thread may outlive the event.
for (let look = 0; look < 500 && heap.stats().threads > 1; look++) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  heap.recover();
}
heap.check();
const address = heap.allocate(100_000);
console.log(address !== null, heap.stats().threads);
process.exit(0);
`;
const VICTIM = `
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
const heap = MemoryManager.attach(workerData);
heap.allocate(100);
parentPort.postMessage('at work');
`;

describe.skipIf(process.env['RUNTIMES'] === undefined).each(RUNTIMES)('$name', { timeout: PATIENCE_MS }, (runtime) => {
  const { name, version, flags, end } = runtime;
  let installed: InstalledPackage;
  let missing: string | undefined;

  beforeAll(async () => {
    installed = await InstalledPackage.make();
    await mkdir(join(installed.project, 'program'));
    for (const [file, text] of Object.entries({
      main: nodeMain('./worker.js'),
      worker: NODE_WORKER,
      survivor: SURVIVOR,
      victim: `${VICTIM}${end}`,
    }))
      await installed.write(`program/${file}.js`, text);
    const { stdout, stderr } = await run('--version');
    if (!stdout.includes(version)) missing = `${name} ${version} cannot be had: ${stderr.trim().split('\n')[0]}`;
  }, PATIENCE_MS);
  afterAll(() => installed.remove());

  const run = (...words: string[]) => installed.outcome('npx', '-y', '-p', `${name}@${version}`, '--', name, ...words);

  it('shares a heap with a worker', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const { stdout, stderr } = await run(...flags, 'program/main.js');
    expect({ stdout, stderr }).toEqual({ stdout: `${EXPECTED}\n`, stderr: '' });
  });

  it('goes on after a worker has ended without detaching', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const { stdout } = await run(...flags, 'program/survivor.js');
    expect(stdout).toBe('true 1\n');
  });
});
