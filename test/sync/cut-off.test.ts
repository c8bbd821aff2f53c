import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Guarded, Lock, ThreadSlot } from '../../src/layout/regions.ts';
import { platformLiveness } from '../../src/sync/platform-liveness.ts';
import type { Membership } from '../../src/heap/membership.ts';
import { openMember } from '../../src/memory-manager/members.ts';
import { newSignal, Thread } from '../support/threads.ts';

const TIMEOUT_MS = 60_000;
const ROUNDS = 10;

const wordsOf = (heap: MemoryManager) => new Layout(heap.buffer).words;

/** Cuts this thread off inside the lock of its heap, in the middle of a change. */
function cutOff(member: Membership): void {
  const stuck = (): void =>
    member.locked.run((table) => {
      table.prepare();
      for (const state = { stuck: true }; state.stuck;);
    });
  while (member.layout.words[Lock.OWNER] === 0) {
    expect(() => runInNewContext('stuck()', { stuck }, { timeout: 20 }) as unknown).toThrow(/timed out/u);
  }
}

describe('a thread that was cut off inside the lock by a `vm` timeout and is idle', { timeout: TIMEOUT_MS }, () => {
  test('gives it back when another thread waits: ten times of ten', async () => {
    using heap = new MemoryManager(2 ** 16, { slabs: false });
    const signal = newSignal();
    const thread = new Thread(heap, 'cutOffThenIdle', { rounds: ROUNDS, signal });
    for (let round = 0; round < ROUNDS; round++) {
      const own = await thread.told();
      expect(own).toBeGreaterThan(0);
      expect(wordsOf(heap)[Lock.OWNER] & ~1).toBe(own);
      expect(heap.allocate(64)).not.toBeNull();
      expect(wordsOf(heap)[Lock.OWNER]).toBe(0);
      thread.goOn();
    }
    expect(heap.stats()).toMatchObject({ lockSeizures: 0, threads: 2 });
    heap.check();
    await thread.terminate();
  });

  test('gives it back also if it is the main thread, and what it left half done is repaired', async () => {
    const first = new MemoryManager(2 ** 16, { slabs: false });
    const member = openMember(new Layout(first.buffer), { fits: [], liveness: platformLiveness() });
    first.detach();
    using heap = new MemoryManager(member);
    cutOff(member);
    const { words } = member.layout;
    expect(words[Guarded.DIRTY]).not.toBe(0);
    const waiter = new Thread(heap, 'waitForLock');
    expect(await waiter.told()).toBe('waiting');
    expect(await waiter.told()).toMatchObject({ address: expect.any(Number) });
    await waiter.end();
    expect(words[Lock.OWNER]).toBe(0);
    expect(words[Guarded.DIRTY]).toBe(0);
    heap.check();
  });

  test('that waits without blocking gets it by itself', async () => {
    const first = new MemoryManager(2 ** 16, { slabs: false });
    const member = openMember(new Layout(first.buffer), { fits: [], liveness: platformLiveness() });
    first.detach();
    using heap = new MemoryManager(member);
    cutOff(member);
    expect(await heap.allocateAsync(64)).not.toBeNull();
    expect(heap.stats().lockSeizures).toBe(1);
    heap.check();
  });
});

/** Sleepers on the words that questions to the first threads come by. */
function listeners({ buffer }: { readonly buffer: SharedArrayBuffer }, threads: number): number {
  const layout = new Layout(buffer);
  const slots = layout.viewOf(layout.regions.threadSlots);
  let count = 0;
  for (let slot = 0; slot < threads; slot++) {
    count += Atomics.notify(slots, slot * ThreadSlot.WORDS + ThreadSlot.QUESTION, Infinity);
  }
  return count;
}

describe('listening for questions', () => {
  test('ends with the attachment: a thousand of them leave nobody asleep', () => {
    const heap = new MemoryManager(4096, { slabs: false, maxThreads: 2 });
    expect(listeners(heap, 2)).toBe(1);
    const { handle } = heap;
    heap.detach();
    for (let round = 0; round < 1000; round++) MemoryManager.attach(handle).detach();
    expect(listeners(handle, 2)).toBe(0);
  });

  test('keeps no process alive', async () => {
    const script = fileURLToPath(new URL('../support/attaches-and-ends.ts', import.meta.url));
    const loader = new URL('../../workers/typescript-loader.mjs', import.meta.url).href;
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', loader, script], { timeout: 20_000 });
    expect(stdout).toBe('attached\n');
  });
});
