/** The programs whose outcome under every schedule is known: the explorer must find the bugs, and nothing else. */
import { describe, expect, it } from 'vitest';
import { preemptions } from '../../src/explore/index.ts';
import { run } from './run.ts';

describe('broken programs fail within as many schedules as they need', () => {
  it.each([
    ['broken-spinlock', 'exception', 15, 2],
    ['lost-wake-up', 'deadlock', 2, 0],
    ['ab-ba-deadlock', 'deadlock', 6, 1],
    ['silent-mutex', 'deadlock', 2, 0],
    ['treiber-aba', 'check', 3, 1],
    ['async-lost', 'deadlock', 2, 0],
  ])('%s: %s within %i schedules, with %i preemptions', async (name, kind, schedules, preempted) => {
    const result = await run(name);
    expect(result.outcome).toBe('failed');
    expect(result.failure?.kind).toBe(kind);
    expect(result.failure?.preemptions).toBe(preempted);
    expect(result.schedules).toBeLessThanOrEqual(schedules);
    expect(result.complete).toBe(false);
  });
});

describe('correct programs hold on every schedule with at most two preemptions', () => {
  it.each(['cas-spinlock', 'futex-mutex', 'three-thread-mutex', 'tagged-free-list', 'async-handover', 'owner-lock'])(
    '%s',
    async (name) => {
      const result = await run(name);
      expect(result.failure?.message).toBeUndefined();
      expect(result.outcome).toBe('held');
      expect(result.complete).toBe(true);
      expect(result.bound).toBe(2);
      expect(result.schedules).toBeGreaterThan(20);
    },
  );

  it('tries exactly the 19,802 schedules of two threads with 100 operations each', async () => {
    const result = await run('atomics-100');
    expect(result).toMatchObject({ outcome: 'held', schedules: 19_802, pruned: 0, complete: true });
  });

  it('says so when the bound cut nothing off', async () => {
    const result = await run('lost-wake-up', { strategy: preemptions(9), stopAtFailure: false });
    expect(result).toMatchObject({ complete: true, exhaustive: true, schedules: 2, failures: 1 });
  });
});
