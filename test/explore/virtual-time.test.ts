import { describe, expect, it } from 'vitest';
import { replay } from '../../src/explore/index.ts';
import { run, scenario } from './run.ts';

describe('inside a scenario', () => {
  it('time and chance are the same in every schedule and every run', async () => {
    const first = await run('chance');
    const again = await run('chance');
    expect(first.outcomes.size).toBe(1);
    expect([...again.outcomes.keys()]).toEqual([...first.outcomes.keys()]);
    const [random, date, elapsed] = [...first.outcomes.keys()][0]?.split(' ').map(Number) ?? [];
    expect(random).toBeGreaterThan(0);
    expect(date).toBe(Date.UTC(2025, 0, 1));
    expect(elapsed).toBeGreaterThan(0);
  });

  it('a timeout fires only when nothing else can run, and the clock moves on by it', async () => {
    const { outcomes } = await run('timeouts');
    expect([...outcomes.keys()].toSorted()).toEqual(['1', '1000']);
  });

  it('the timeout of a promise waits for its thread to come to rest', async () => {
    const { outcomes } = await run('timeout-while-blocked');
    expect([...outcomes.keys()].toSorted()).toEqual(['1']);
  });

  it('a timeout may fire at any moment where that is asked for', async () => {
    const lazy = await run('timeouts');
    const eager = await run('timeouts', { timeouts: 'eager' });
    expect(eager.schedules).toBeGreaterThan(lazy.schedules);
    expect([...eager.outcomes.keys()]).toEqual(expect.arrayContaining([...lazy.outcomes.keys()]));
  });

  it('others may come between a timeout and what its thread does then', async () => {
    expect(await run('timed-lock')).toMatchObject({ outcome: 'held' });
    const result = await run('timed-lock', { timeouts: 'eager' });
    expect(result).toMatchObject({ outcome: 'failed', failure: { kind: 'check', preemptions: 1 } });
    expect(result.failure?.trace.map(({ operation }) => operation)).toEqual(
      ['wait', 'store', 'timeout', 'notify', 'store', 'woken', 'load', 'store'], // prettier-ignore
    );
    const again = await replay(scenario('timed-lock'), result.failure?.schedule ?? '', { timeouts: 'eager' });
    expect(again).toMatchObject({ identical: 1, failure: result.failure });
  });
});

describe('a growable buffer', () => {
  it('is small again in every schedule, and its growth is a step', async () => {
    const { outcomes } = await run('growth');
    expect([...outcomes.keys()].toSorted()).toEqual(['128 128 128', '128 256 256', '256 128 256', '256 256 256']);
  });
});
