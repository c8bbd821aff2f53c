/** Starts replays of a trace, each in a process of its own: on this library's heap, or on a native allocator. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Trace } from '../../src/stress/traces/trace.ts';
import { environmentFor, type NativeAllocator } from '../native/allocators.ts';
import type { Harness } from '../native/harness.ts';
import type { MemoryFigures } from './memory-process.ts';

/** On this library's heap, by one thread or by as many copies as it takes for `threads`. */
export async function replayOnHeap(file: string, threads: number): Promise<MemoryFigures> {
  const entry = fileURLToPath(new URL('memory-process.js', import.meta.url));
  return JSON.parse(await outputOf(process.execPath, [entry, file, String(threads)])) as MemoryFigures;
}

/** On a native allocator, each copy in the order of the trace by a thread of its own. Returns the growth in bytes. */
export async function replayNatively(
  trace: Trace,
  copies: number,
  harness: Harness,
  allocator: NativeAllocator,
): Promise<number> {
  const header = Int32Array.of(trace.operationCount, trace.objectCount);
  const input = [header, trace.records].map((words) => Buffer.from(words.buffer, words.byteOffset, words.byteLength));
  const words = ['trace', String(copies)];
  return Number(await outputOf(harness.path, words, environmentFor(allocator), Buffer.concat(input)));
}

async function outputOf(file: string, words: string[], env = process.env, input?: Buffer): Promise<string> {
  const child = spawn(file, words, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const output = text(child.stdout);
  child.stdin.end(input);
  await finished(child.stdin);
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`the replay failed with status ${String(status)}`);
  return output;
}
