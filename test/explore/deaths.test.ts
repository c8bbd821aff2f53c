import { describe, expect, it } from 'vitest';
import { preemptions } from '../../src/explore/index.ts';
import { run } from './run.ts';

describe('a death before every operation', () => {
  it.each([
    ['cas-spinlock', 12],
    ['futex-mutex', 18],
    ['owner-lock', 0],
  ])('%s hangs at %i points', async (name, points) => {
    const options = { strategy: preemptions(1), crash: 'every-operation', stopAtFailure: false } as const;
    const result = await run(name, options);
    expect(result.failedCrashPoints).toHaveLength(points);
    expect(result.crashPoints.length).toBeGreaterThanOrEqual(16);
    expect(result.complete).toBe(true);
  });

  it('is found, named in the schedule, and shown in the trace', async () => {
    const { failure } = await run('cas-spinlock', { crash: 'every-operation' });
    expect(failure?.kind).toBe('livelock');
    expect(failure?.schedule).toMatch(/^v1:cas-spinlock:64:crash=a@8:/);
    expect(failure?.threads[0]).toBe('died before its operation 8');
    expect(failure?.trace.map(({ operation }) => operation)).toContain('die');
  });

  it('leaves memory as it was at the kill, whatever finally blocks do', async () => {
    const options = { crash: 'every-operation', plain: 'race-log', stopAtFailure: false } as const;
    const result = await run('torn-pair', options);
    expect([...result.outcomes.keys()]).toContain('10');
  });

  it('may befall the thread that repairs what the first left', async () => {
    const result = await run('repaired-lock', { crash: { deaths: 2 }, strategy: preemptions(1) });
    expect(result.outcome).toBe('held');
    expect([...result.outcomes.keys()]).toContain('2 died, 2 repairs');
  });

  it('may befall a thread before it comes to any operation', async () => {
    const options = { crash: 'every-operation', timeouts: 'eager', stopAtFailure: false } as const;
    const result = await run('death-in-timer', { ...options, strategy: preemptions(1) });
    expect(result).toMatchObject({ outcome: 'held', complete: true });
    expect([...result.outcomes.keys()].toSorted()).toEqual(['0, died: 1', '1, died: ', '1, died: 0']);
  });
});
