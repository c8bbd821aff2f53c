/**
 * Functions that have never run are compiled at their first call, which takes more room on the stack than the call.
 * Each trial here is done by a copy of the heap's code in which nothing has run before.
 */
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import type * as threadheap from '../../src/index.ts';

const COPIES = 6;
const TIMEOUT_MS = 120_000;
let code = '';

beforeAll(async () => {
  const entry = new URL('../../src/index.ts', import.meta.url).pathname;
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  code = outputFiles[0].text;
});

async function coldCopy(number: number): Promise<typeof threadheap> {
  const url = `data:text/javascript;base64,${Buffer.from(`${code}\n// ${number}`).toString('base64')}`;
  return (await import(/* @vite-ignore */ url)) as typeof threadheap;
}

/** Calls at the end of the stack, and again with one frame more room until there is enough. */
function retryFromStackEnd(call: () => void): void {
  try {
    retryFromStackEnd(call);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    call();
  }
}

describe.each([100, 3000, 6000, 8000])('a block of %i bytes', (size) => {
  test('is still there when the first deallocate of it ever overflows the stack', { timeout: TIMEOUT_MS }, async () => {
    for (let copy = 0; copy < COPIES; copy++) {
      const { MemoryManager } = await coldCopy(copy * 10_000 + size);
      const heap = new MemoryManager(2 ** 17, { slabs: true });
      const addresses = Array.from({ length: 6 }, () => heap.allocate(size)!);
      for (const address of addresses) retryFromStackEnd(() => heap.deallocate(address));
      expect([...heap.blocks()]).toEqual([]);
      heap.recover();
      heap.check();
      expect(heap.stats().usedBytes).toBe(0);
      heap.detach();
    }
  });
});
