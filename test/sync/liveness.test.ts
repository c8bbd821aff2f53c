import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { IDENTITY_LIMIT } from '../../src/sync/liveness.ts';
import { platformLiveness } from '../../src/sync/platform-liveness.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Thread } from '../support/threads.ts';

test('every thread has an identity that fits a claim', () => {
  const identity = platformLiveness().self();
  expect(Number.isInteger(identity)).toBe(true);
  expect(identity).toBeGreaterThan(0);
  expect(identity).toBeLessThan(IDENTITY_LIMIT);
});

test('the calling thread is alive', () => {
  const liveness = platformLiveness();
  expect(liveness.isAlive(liveness.self())).toBe(true);
});

describe.runIf(process.platform === 'linux')('on Linux', { timeout: 30_000 }, () => {
  test('identities stay the same, and no other is taken for the same thread', () => {
    const liveness = platformLiveness();
    const identity = liveness.self();
    expect(liveness.self()).toBe(identity);
    expect(liveness.isAlive(identity + 2 ** 22)).toBe(false); // the same thread id, started at another time
    expect(liveness.isAlive(2 ** 22 - 1)).toBe(false);
  });

  test('a worker is alive until it has ended, and known to be dead as soon as it has', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const worker = new Thread(heap, 'attachAndStay');
    expect(await worker.told()).toBe('attached');
    const { regions, buffer } = new Layout(heap.buffer);
    const claims = new BigUint64Array(buffer, regions.threadSlots.start * 4);
    const identity = Number(claims[8] & (2n ** 44n - 1n));
    const liveness = platformLiveness();
    expect(liveness.isAlive(identity)).toBe(true);
    await worker.terminate();
    expect(liveness.isAlive(identity)).toBe(false);
    heap.check();
  });
});

test('where nothing is known of threads, identities are random and all are taken for alive', () => {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'unknown' });
  try {
    const liveness = platformLiveness();
    const identities = Array.from({ length: 100 }, () => liveness.self());
    expect(new Set(identities).size).toBe(100);
    expect(identities.every((identity) => identity >= 1 && identity < IDENTITY_LIMIT)).toBe(true);
    expect(liveness.isAlive(identities[0])).toBe(true);
    expect(liveness.isAlive(5)).toBe(true);
  } finally {
    Object.defineProperty(process, 'platform', { value: platform });
  }
});
