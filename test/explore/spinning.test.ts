/** When a read may be passed over: only in a loop that goes on for ever, and never without saying so. */
import { describe, expect, it } from 'vitest';
import { pct, preemptions, random, type ExploreOptions, type ExploreResult } from '../../src/explore/index.ts';
import { run } from './run.ts';

const outcomesOf = ({ outcomes }: ExploreResult): string[] => [...outcomes.keys()].toSorted();
const upTo = (last: number): string[] => Array.from({ length: last + 1 }, (_, value) => String(value));

const bounded = { strategy: preemptions(1) };
const MODES: readonly ExploreOptions[] = [
  { strategy: random({ runs: 3_000, seed: 1 }) },
  { strategy: pct({ depth: 3, runs: 3_000, seed: 1 }) },
  { ...bounded, reduction: true },
  { ...bounded, timeouts: 'eager' },
  { ...bounded, plain: 'race-log' },
  { ...bounded, plain: 'schedule' },
];

describe('re-reads of unchanged memory', () => {
  it.each([
    ['cancelled-worker', upTo(8)],
    ['straight-reads', upTo(6)],
    ['fixed-retries', upTo(7).slice(1)],
  ])('are scheduling points where they end by themselves: %s', async (name, outcomes) => {
    const result = await run(name, { strategy: preemptions(1) });
    expect(outcomesOf(result)).toEqual(outcomes);
    expect(result).toMatchObject({ outcome: 'held', complete: true, exhaustive: true });
    for (const mode of MODES) expect(outcomesOf(await run(name, mode))).toEqual(outcomes);
  });

  it('are scheduling points where they are plain, if plain accesses are steps', async () => {
    const result = await run('plain-rereads', { ...bounded, plain: 'schedule' });
    expect(outcomesOf(result)).toEqual(upTo(6));
    expect(result).toMatchObject({ outcome: 'held', complete: true });
  });

  it('are explored in a loop that pays, and in one that gives up and sleeps', async () => {
    const result = await run('bounded-spin', { strategy: preemptions(1) });
    expect(result).toMatchObject({ outcome: 'held', exhaustive: false, complete: true });
    expect(outcomesOf(result)).toEqual(['saw it', 'slept']);
  });

  it('are passed over in a loop without end', async () => {
    const result = await run('message-passing', { recordSchedules: true });
    expect(result).toMatchObject({ outcome: 'held', complete: true });
    expect(result.limits.join('\n')).toContain('re-reads');
  });

  it.each(['counting-spinner', 'counting-spinner-goes-on'])(
    'are not passed over in silence where the rounds are counted: %s',
    async (name) => {
      const result = await run(name);
      expect(result).toMatchObject({ outcome: 'held', complete: false, exhaustive: false });
      expect(result.warnings.join('\n')).toContain('counts its rounds');
    },
  );

  it('are not called complete where a loop ends only after very many', async () => {
    const result = await run('long-loop');
    expect(result).toMatchObject({ outcome: 'held', complete: false });
    expect(result.warnings.join('\n')).toContain('spinLimit');
    const patient = await run('long-loop', { spinLimit: 6_000, strategy: preemptions(0) });
    expect(patient).toMatchObject({ outcome: 'held', complete: true, warnings: [] });
  });

  it('of a length are passed over until the buffer grows', async () => {
    const result = await run('awaits-growth');
    expect(result).toMatchObject({ outcome: 'held', complete: true, warnings: [] });
    expect(result.schedules).toBeLessThan(50);
  });

  it('up to a deadline end when nothing else can run, and that is said', async () => {
    const result = await run('deadline');
    expect(result).toMatchObject({ outcome: 'held', complete: true, exhaustive: false, warnings: [] });
    expect(result.rescued).toBeGreaterThan(0);
    expect(result.limits.join('\n')).toContain('deadlines pass, only when nothing else can run');
  });
});
