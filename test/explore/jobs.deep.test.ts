/** One search in several jobs, searches that are ended early, and what is told of them meanwhile. */
import { describe, expect, test } from 'vitest';
import { preemptions, random, type Progress } from '../../src/explore/index.ts';
import { estimate } from '../../src/explore/outcome/progress.ts';
import { run } from './run.ts';

const everything = { recordSchedules: true, stopAtFailure: false, crash: 'every-operation' } as const;

describe('a depth-first search', () => {
  test.each(['cas-spinlock', 'futex-mutex', 'poll-beside-changes'])(
    'of %s runs no schedule twice, whatever its bound',
    async (name) => {
      const result = await run(name, { ...everything, strategy: preemptions(3) });
      expect(new Set(result.tried).size).toBe(result.schedules);
      expect(result.runs).toBeLessThanOrEqual(1.1 * (result.schedules + result.pruned));
      expect(result.triedUpTo).toBe(3);
    },
  );

  test('ends when its time is up, and says how far every schedule was tried', async () => {
    const result = await run('atomics-100', { strategy: preemptions(5), timeMs: 1_500 });
    expect(result).toMatchObject({ outcome: 'held', stopped: 'time', complete: false, failure: undefined });
    expect(result.schedules).toBeGreaterThan(0);
    expect(result.triedUpTo).toBeLessThan(5);
  });

  test('ends when it is told to', async () => {
    const interruption = new AbortController();
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => {
      seen.push(progress);
      if (progress.schedules > 50) interruption.abort();
    };
    const result = await run('atomics-100', { strategy: preemptions(5), signal: interruption.signal, onProgress });
    expect(result).toMatchObject({ outcome: 'held', stopped: 'interrupted', complete: false });
    expect(result.schedules).toBeGreaterThanOrEqual(seen.at(-1)!.schedules);
    expect(seen.at(-1)!.fraction).toBeGreaterThan(0);
    expect(seen.at(-1)!.schedulesLeft).toBeGreaterThan(0);
  });
});

describe('jobs', () => {
  test.each([
    ['cas-spinlock', everything],
    ['three-thread-mutex', { ...everything, crash: 'none', strategy: preemptions(0) }],
    ['timeouts', { ...everything, timeouts: 'eager' }],
  ] as const)('try together exactly the schedules of one, each once: %s', async (name, options) => {
    const [one, three] = await Promise.all([run(name, options), run(name, { ...options, jobs: 3 })]);
    expect(three.tried.toSorted()).toEqual(one.tried.toSorted());
    expect(three).toMatchObject({ schedules: one.schedules, complete: one.complete, exhaustive: one.exhaustive });
    expect(Object.fromEntries(three.outcomes)).toEqual(Object.fromEntries(one.outcomes));
    expect(three.crashPoints).toEqual(one.crashPoints);
  });

  test('share the runs of a sample out', async () => {
    const options = { strategy: random({ runs: 20, seed: 5 }), recordSchedules: true };
    const [one, three] = await Promise.all([
      run('cas-spinlock', options),
      run('cas-spinlock', { ...options, jobs: 3 }),
    ]);
    expect(three.tried.toSorted()).toEqual(one.tried.toSorted());
  });

  test('all end at the first failure, which has as few preemptions as with one', async () => {
    const [one, three] = await Promise.all([run('treiber-aba'), run('treiber-aba', { jobs: 3 })]);
    expect(three.failure).toMatchObject({ kind: 'check', preemptions: one.failure!.preemptions });
    expect(three.stopped).toBe('failure');
  });
});

const choose = (n: number, k: number): number =>
  Array.from({ length: k }, (_, index) => (n - index) / (index + 1)).reduce((product, factor) => product * factor, 1);

describe('the estimate of what is left', () => {
  test.each([1, 2, 3])(
    'is right within a factor of two where %i of 100 steps can be chosen for preemptions',
    (level) => {
      const bound = 4;
      const pass = { level, fraction: 0.5, schedules: choose(100, level) / 2, waiting: choose(100, level + 1) / 2 };
      const left =
        choose(100, level) / 2 +
        Array.from({ length: bound - level }, (_, index) => choose(100, level + 1 + index)).reduce(
          (sum, one) => sum + one,
          0,
        );
      const ratio = estimate(pass, { kind: 'preemptions', bound }) / left;
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    },
  );
});
