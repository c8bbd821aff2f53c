/**
 * A crash image, opened the next day: when a worker dies, the others save the heap as it was found, and go on. What the
 * worker held is in the file, with who held the lock and what was being done to it. `npx threadheap inspect FILE` shows
 * that without a line of code.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { openJournal } from './journal.mjs';

const heap = new MemoryManager(1024 * 1024);
openJournal(heap);
const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: heap.handle });
const [exitCode] = await once(worker, 'exit');
console.log(`the worker has ended with exit code ${exitCode}`);

const folder = mkdtempSync(join(tmpdir(), 'crash-'));
const file = join(folder, 'crash.image');
if (exitCode !== 0) heap.save(file, { compress: true });
heap.detach();

process.stdout.write(execFileSync(process.execPath, [fileURLToPath(new URL('next-day.mjs', import.meta.url)), file]));
rmSync(folder, { recursive: true });
