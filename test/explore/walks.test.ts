import { describe, expect, it } from 'vitest';
import { pct, preemptions, random } from '../../src/explore/index.ts';
import { run } from './run.ts';

const seed = Math.trunc(Math.random() * 1_000_000);

async function tried(number: number): Promise<readonly string[]> {
  const strategy = random({ runs: 30, seed: number });
  return (await run('cas-spinlock', { strategy, recordSchedules: true })).tried;
}

describe(`sampling, seed ${seed}`, () => {
  it.each([
    ['random', random({ runs: 3_000, seed })],
    ['PCT', pct({ depth: 2, runs: 3_000, seed })],
  ])('%s finds the ABA problem', async (_name, strategy) => {
    const result = await run('treiber-aba', { strategy });
    expect(result.failure?.kind).toBe('check');
    expect(result.complete).toBe(false);
  });

  it('tries the same schedules again for the same seed, and others for another', async () => {
    const [first, again, other] = [await tried(seed), await tried(seed), await tried(seed + 1)];
    expect(first).toHaveLength(30);
    expect(again.toSorted()).toEqual(first.toSorted());
    expect(other.toSorted()).not.toEqual(first.toSorted());
  });

  it('lets threads die at random steps', async () => {
    const strategy = random({ runs: 300, seed });
    const result = await run('cas-spinlock', { strategy, crash: 'every-operation', stopAtFailure: false });
    expect(result.crashPoints.length).toBeGreaterThan(5);
    expect(result.failures).toBeGreaterThan(0);
  });
});

describe('options of strategies', () => {
  it('are refused when out of range', () => {
    expect(() => preemptions(-1)).toThrow(RangeError);
    expect(() => pct({ depth: 0, runs: 1, seed })).toThrow(RangeError);
    expect(() => random({ runs: 0, seed })).toThrow(RangeError);
  });
});
