import { describe, expect, it } from 'vitest';
import { explore, preemptions, type ExploreOptions, type ExploreResult } from '../../src/explore/index.ts';
import { run } from './run.ts';

const SEEDS = 6;
const base = Math.trunc(Math.random() * 1_000_000);

const runProgram = (seed: number, options: ExploreOptions): Promise<ExploreResult> =>
  explore(new URL(`./scenarios/random-program.scenario.ts?seed=${seed}`, import.meta.url), options);

const sortedOutcomes = ({ outcomes }: ExploreResult): string[] => [...outcomes.keys()].toSorted();

describe('partial-order reduction', () => {
  let severalOutcomes = 0;

  it.each(Array.from({ length: SEEDS }, (_, index) => base + index))(
    'keeps all outcomes of the random program %i under a bound, with fewer schedules',
    async (seed) => {
      const strategy = preemptions(1 + (seed % 3));
      const full = await runProgram(seed, { strategy, reduction: false });
      const reduced = await runProgram(seed, { strategy, reduction: true });
      expect(sortedOutcomes(reduced)).toEqual(sortedOutcomes(full));
      expect(reduced.schedules).toBeLessThanOrEqual(full.schedules);
      if (full.outcomes.size > 1) severalOutcomes++;
    },
  );

  it('is compared on programs of which some have several outcomes', () => {
    expect(severalOutcomes).toBeGreaterThan(0);
  });

  it('leaves schedules out where operations touch different words', async () => {
    const full = await run('independent', { reduction: false });
    const reduced = await run('independent', { reduction: true });
    expect(reduced.schedules).toBeLessThan(full.schedules / 3);
    expect(sortedOutcomes(reduced)).toEqual(sortedOutcomes(full));
  });
});

describe('shards', () => {
  it('try together exactly the schedules of the whole, each once', async () => {
    const options = { recordSchedules: true, crash: 'every-operation', stopAtFailure: false } as const;
    const whole = await run('cas-spinlock', options);
    const shards = await Promise.all(['1/3', '2/3', '3/3'].map((shard) => run('cas-spinlock', { ...options, shard })));
    const together = shards.flatMap(({ tried }) => tried);
    expect(new Set(whole.tried).size).toBe(whole.schedules);
    expect(together.toSorted()).toEqual([...whole.tried].toSorted());
    for (const shard of shards) expect(shard.schedules).toBeGreaterThan(whole.schedules / 10);
  });

  it('share the runs of a random search out', async () => {
    const strategy = { kind: 'random', runs: 20, seed: 5 } as const;
    const options = { strategy, recordSchedules: true };
    const whole = await run('cas-spinlock', options);
    const shards = await Promise.all(['1/2', '2/2'].map((shard) => run('cas-spinlock', { ...options, shard })));
    expect(shards.flatMap(({ tried }) => tried).toSorted()).toEqual([...whole.tried].toSorted());
  });
});
