/** The explorer against brute force on 500 random programs, and against real threads; see `npm run fuzz:explore`. */
import { describe, expect, it } from 'vitest';
import { compareBatch, describeMismatch } from './fuzz/comparison.ts';
import { runOnRealThreads } from './fuzz/real-threads.ts';
import { FULL } from '../support/full.ts';

const [BATCHES, PROGRAMS, REAL_PROGRAMS, RUNS] = [20, 25, 2, 1_000_000];
const base = Math.trunc(Math.random() * 1_000_000_000);

describe('the explorer finds what brute force finds', () => {
  it.each(Array.from({ length: BATCHES }, (_, batch) => base + batch))(
    'on random programs of seed %i',
    async (seed) => {
      const { compared, mismatches } = await compareBatch(seed, PROGRAMS);
      expect(mismatches.map(describeMismatch)).toEqual([]);
      expect(compared).toBe(PROGRAMS);
    },
  );
});

it.runIf(FULL)(`the explorer finds all that real threads come to in ${RUNS} runs`, async () => {
  for (const { missed, program, seen } of await runOnRealThreads(base, REAL_PROGRAMS, RUNS)) {
    expect(missed, `seed ${base}: ${JSON.stringify(program)}`).toEqual([]);
    expect(seen).toBeGreaterThan(0);
  }
});
