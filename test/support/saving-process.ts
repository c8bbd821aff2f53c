/**
 * A process that saves a heap over a file and is killed at one of its calls to the file system, before it, in the middle
 * of a write, or after it: `node … FILE CALL before|half|after`. With call 0 it lives, and prints the calls it made.
 */
import fs from 'node:fs';
import { saveToFile } from '../../src/image/save.ts';
import { layoutOfHeap } from '../../src/memory-manager/heap-buffer.ts';
import { openMember } from '../../src/memory-manager/members.ts';
import { mixedHeap } from './image-heap.ts';
import { watchedFiles } from './watched-files.ts';

const [file, call, moment] = process.argv.slice(2);
const heap = mixedHeap(2 ** 20, { slabs: true });
const member = openMember(layoutOfHeap(heap.buffer), { fits: [], liveness: undefined });

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

const files = watchedFiles((number, name, args) => {
  if (number !== Number(call)) return;
  if (moment === 'half' && name === 'writeSync') {
    const [descriptor, bytes, offset, length] = args as [number, Uint8Array, number, number];
    fs.writeSync(descriptor, bytes, offset, Math.floor(length / 2));
  }
  if (moment === 'after') (fs[name] as (...all: unknown[]) => unknown)(...args);
  die();
});

saveToFile(member, file, { compress: false }, files.fs);
console.log(JSON.stringify(files.calls));
