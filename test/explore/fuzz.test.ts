/** The explorer against brute force on random programs; a failure prints the seed and the smallest program found. */
import { describe, expect, it } from 'vitest';
import { agree, compareBatch, describeMismatch, expectedOf, Explorer, isWholeTruth } from './fuzz/comparison.ts';
import { runOnRealThreads } from './fuzz/real-threads.ts';
import { truthOf } from './fuzz/truth.ts';
import type { Program } from './fuzz/program.ts';
import type { Rules } from './fuzz/reference.ts';

const [BATCHES, PROGRAMS, RUNS] = [4, 10, 5_000];
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

  it.each<[string, Rules, Program['threads']]>([
    [
      'a loop of two reads in which a thread looks again, between timers',
      { bound: 0, deaths: 1, eager: true },
      [
        [{ kind: 'delay', timeout: 19 }],
        [
          { kind: 'delay', timeout: 17 },
          { kind: 'spinExchange', word: 0, expected: 0, value: 1 },
        ],
        [{ kind: 'spinPair', word: 0, value: 1, second: 2, secondValue: 2 }],
      ],
    ],
    [
      'a timer that waits for a thread before its loop',
      { bound: Infinity, deaths: 1, eager: false },
      [
        [
          { kind: 'delay', timeout: 15 },
          { kind: 'update', update: 'sub', word: 0, value: 2 },
        ],
        [
          { kind: 'update', update: 'or', word: 0, value: 0 },
          { kind: 'spin', word: 0, value: 1 },
        ],
      ],
    ],
    [
      'a thread that dies where it starts a timer',
      { bound: 1, deaths: 1, eager: true },
      [
        [
          { kind: 'delay', timeout: 4 },
          { kind: 'notify', word: 0, count: null },
        ],
        [
          { kind: 'delay', timeout: 15 },
          { kind: 'notify', word: 1, count: null },
          { kind: 'waitAsync', word: 0, value: 0, timeout: 15 },
        ],
        [{ kind: 'await' }],
      ],
    ],
    [
      'two timeouts with one deadline',
      { bound: 3, deaths: 1, eager: false },
      [
        [{ kind: 'wait', word: 0, value: 0, timeout: 10 }],
        [
          { kind: 'wait', word: 0, value: 0, timeout: 10 },
          { kind: 'waitAsync', word: 0, value: 0, timeout: null },
        ],
        [{ kind: 'await' }],
      ],
    ],
    [
      'a timeout that fires before its thread goes on',
      { bound: Infinity, deaths: 0, eager: true },
      [
        [{ kind: 'notify', word: 1, count: null }],
        [
          { kind: 'waitAsync', word: 1, value: 0, timeout: 5 },
          { kind: 'waitAsync', word: 1, value: 0, timeout: null },
          { kind: 'await' },
        ],
      ],
    ],
    [
      'a timeout that fires before an earlier one',
      { bound: Infinity, deaths: 0, eager: true },
      [
        [{ kind: 'wait', word: 0, value: 0, timeout: 15 }],
        [
          { kind: 'delay', timeout: 20 },
          { kind: 'notify', word: 0, count: null },
        ],
      ],
    ],
    [
      'a thread that unlocks while another one times out',
      { bound: Infinity, deaths: 0, eager: true },
      [
        [
          { kind: 'wait', word: 0, value: 0, timeout: 5 },
          { kind: 'load', word: 1 },
        ],
        [
          { kind: 'store', word: 0, value: 1 },
          { kind: 'notify', word: 0, count: null },
          { kind: 'store', word: 1, value: 1 },
        ],
      ],
    ],
    [
      'a thread whose end takes a sleeper away that another would wake',
      { bound: 2, deaths: 0, eager: false },
      [
        [{ kind: 'await' }],
        [{ kind: 'notify', word: 0, count: null }],
        [
          { kind: 'waitAsync', word: 0, value: 0, timeout: null },
          { kind: 'waitAsync', word: 1, value: 0, timeout: null },
        ],
      ],
    ],
    [
      'a death that finds what others did meanwhile',
      { bound: 2, deaths: 1, eager: false },
      [
        [
          { kind: 'store', word: 0, value: 1 },
          { kind: 'load', word: 1 },
        ],
        [
          { kind: 'load', word: 0 },
          { kind: 'store', word: 2, value: 1 },
        ],
      ],
    ],
    [
      'a place at which a loop over one word ends by itself in some schedules and never in others',
      { bound: 1, deaths: 0, eager: false },
      [
        [
          { kind: 'load', word: 0 },
          { kind: 'load', word: 0 },
          { kind: 'spinPair', word: 0, value: 1, second: 0, secondValue: 0 },
        ],
        [{ kind: 'update', update: 'sub', word: 0, value: 1 }],
        [{ kind: 'load', word: 1 }],
      ],
    ],
  ])('on %s', async (_what, rules, threads) => {
    const shape = { threads: threads.length, length: 3, async: true };
    const program = { seed: 1, threads };
    const expected = expectedOf(program, rules)!;
    for (const reduction of [false, true]) {
      const explorer = await Explorer.open({ shape, rules, reduction });
      const explored = await explorer.explore(program).finally(() => explorer.close());
      expect(agree(expected, explored, reduction)).toBe(true);
      expect(isWholeTruth(program, rules, explored)).toBe(true);
    }
  });

  it('on a loop that never ends, at a place at which one of another program did', async () => {
    const rules = { bound: 1, deaths: 0, eager: false };
    const pair = { kind: 'spinPair', word: 0, value: 1, second: 0, secondValue: 0 } as const;
    const load = { kind: 'load', word: 0 } as const;
    const ending: Program = { seed: 1, threads: [[load], [load, load, pair], [load]] };
    const endless: Program = {
      seed: 2,
      threads: [
        [{ kind: 'spinPair', word: 0, value: 0, second: 2, secondValue: 0 }],
        [pair],
        [{ kind: 'update', update: 'sub', word: 0, value: 1 }],
      ],
    };
    const explorer = await Explorer.open({ shape: { threads: 3, length: 3, async: false }, rules });
    try {
      for (const program of [ending, endless]) {
        const explored = await explorer.explore(program);
        const expected = expectedOf(program, rules)!;
        expect([explored.schedules, explored.failures]).toEqual([expected.schedules, expected.failures]);
        expect(agree(expected, explored)).toBe(true);
      }
    } finally {
      await explorer.close();
    }
  });

  it(`and what real threads come to in ${RUNS} runs`, async () => {
    const [result] = await runOnRealThreads(base, 1, RUNS);
    expect(result?.missed, `seed ${base}: ${JSON.stringify(result?.program)}`).toEqual([]);
    expect(result?.seen).toBeGreaterThan(0);
  });
});

describe('the reference', () => {
  const rules = { bound: Infinity, deaths: 0, eager: false };

  it('counts the schedules of two straight threads as combinatorics does', () => {
    const add = { kind: 'update', update: 'add', word: 0, value: 1 } as const;
    const program: Program = {
      seed: 1,
      threads: [
        [add, add, add],
        [add, add],
      ],
    };
    expect(expectedOf(program, rules)?.schedules).toBe(10);
    expect(expectedOf(program, { ...rules, bound: 1 })?.schedules).toBe(5);
    expect(truthOf(program, rules, 1_000).outcomes.size).toBe(10);
  });

  it('knows a loop without end from one that counts', () => {
    const spin = { kind: 'spin', word: 0, value: 1 } as const;
    const poll = { kind: 'poll', word: 0, value: 1, rounds: 5 } as const;
    const store = { kind: 'store', word: 0, value: 1 } as const;
    const spinning = expectedOf({ seed: 1, threads: [[spin], [store]] }, rules);
    const polling = expectedOf({ seed: 1, threads: [[poll], [store]] }, rules);
    expect(spinning).toMatchObject({ schedules: 3, failures: 0 });
    expect(polling).toMatchObject({ schedules: 6, failures: 0 });
    expect(polling?.outcomes.size).toBe(6);
    expect(truthOf({ seed: 1, threads: [[spin], [spin]] }, rules, 1_000)).toMatchObject({ hangs: true });
  });
});
