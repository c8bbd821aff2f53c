import { describe, expect, it } from 'vitest';
import { replay, ScheduleStringError } from '../../src/explore/index.ts';
import { run, scenario } from './run.ts';

const REPLAYS = 300;

describe('replay', () => {
  it.each(['broken-spinlock', 'treiber-aba', 'futex-mutex'])(
    `repeats a failure of %s ${REPLAYS} times`,
    async (name) => {
      const options = name === 'futex-mutex' ? ({ crash: 'every-operation' } as const) : {};
      const { failure } = await run(name, options);
      if (failure === undefined) throw new Error('the program is broken, but did not fail');
      const again = await replay(scenario(name), failure.schedule, { ...options, runs: REPLAYS });
      expect(again).toMatchObject({
        runs: REPLAYS,
        identical: REPLAYS,
        traceHash: failure.traceHash,
        diverged: undefined,
      });
      expect(again.failure).toEqual(failure);
    },
  );

  it('tells the first step at which the program went another way', async () => {
    const { failure } = await run('treiber-aba');
    const schedule = failure?.schedule.replace('treiber-aba', 'tagged-free-list') ?? '';
    const { diverged } = await replay(scenario('tagged-free-list'), schedule);
    expect(diverged).toBe('step 5: compareExchange@0 as expected, but with another value');
  });

  it('tells the operation that was expected and the one it got', async () => {
    const { failure } = await run('treiber-aba');
    const schedule = failure?.schedule.replace(':l0.l4.c0.', ':l0.c0.l4.') ?? '';
    const { diverged } = await replay(scenario('treiber-aba'), schedule);
    expect(diverged).toBe('step 2: expected compareExchange@0, got load@4');
  });

  it('tells that a thread cannot run where the schedule wants it to', async () => {
    const schedule = 'v1:lost-wake-up:64:b2a1:k0.w0:A0zA0zB5Y';
    expect((await replay(scenario('lost-wake-up'), schedule)).diverged).toBe(
      'step 2: expected notify@0 of thread b, which cannot run there',
    );
  });

  it.each([
    ['v2:x:64:a1:l0:AAA', 'does not begin with v1'],
    ['v1:x:64:a1:l0', '5 parts'],
    ['v1:lost-wake-up:64:q1:k0:A0z', 'its runs'],
    ['v1:lost-wake-up:64:a1:k0:A!z', 'its steps'],
    ['v1:lost-wake-up:64:a1:?0:A0z', 'its operations'],
    ['v1:lost-wake-up:128:a1:k0:A0z', 'not of lost-wake-up with 64'],
    ['v1:other:64:a1:k0:A0z', 'one of other'],
  ])('refuses %s', async (schedule, message) => {
    const refused = replay(scenario('lost-wake-up'), schedule);
    await expect(refused).rejects.toThrow(ScheduleStringError);
    await expect(refused).rejects.toThrow(message);
  });
});

describe('a failing schedule is run again', () => {
  it('and what does not fail alike is reported as nondeterminism', async () => {
    const { failure } = await run('nondeterministic');
    expect(failure?.kind).toBe('nondeterminism');
    expect(failure?.message).toContain('step 1: store@0 as expected, but with another value');
  });
});
