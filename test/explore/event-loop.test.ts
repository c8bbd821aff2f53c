import { describe, expect, it } from 'vitest';
import { preemptions } from '../../src/explore/index.ts';
import { run } from './run.ts';

const outcomesOf = async (name: string): Promise<string[]> => {
  const { failure, outcomes } = await run(name, { strategy: preemptions(1) });
  expect(failure?.message).toBeUndefined();
  return [...outcomes.keys()].toSorted();
};

describe('an async thread', () => {
  it('sleeps in a wait of its own, whatever happens to its promises', async () => {
    expect(await outcomesOf('wait-beside-promise')).toEqual(['1', '2']);
  });

  it('goes on with its promises in the order in which they were notified', async () => {
    expect(await outcomesOf('two-async-sleepers')).toEqual(['1']);
  });

  it('has timers in virtual time', async () => {
    const outcomes = await outcomesOf('timers');
    expect(outcomes).toContain('7 1 9 1 2 3 0 35');
  });

  it('fails where a callback throws, with the schedule', async () => {
    const { failure } = await run('throwing-timer');
    expect(failure).toMatchObject({
      kind: 'exception',
      schedule: expect.stringMatching(/^v1:throwing-timer:64:/) as string,
    });
    expect(failure?.message).toMatch(/^thread a threw Error: too early \(test\/explore\/scenarios\/throwing-timer/);
  });

  it('fails where a promise is rejected that nobody awaits', async () => {
    const { failure } = await run('unhandled-rejection');
    expect(failure?.kind).toBe('exception');
    expect(failure?.message).toMatch(/^thread a threw Error: too late \(test\/explore\/scenarios\/unhandled-rejection/);
    expect(failure?.schedule).toMatch(/^v1:unhandled-rejection:64:b1a1:/);
  });

  it('leaves nothing behind for the next schedule, and says what was dropped', async () => {
    const result = await run('left-behind');
    expect([...result.outcomes.keys()]).toEqual(['2 0']);
    expect(result.outcome).toBe('held');
    expect(result.warnings).toContain(
      'a timer and a promise of Atomics.waitAsync of thread a was pending when the thread ended, and dropped',
    );
  });
});

describe('a thread that is not async', () => {
  it('leaves no timer and no immediate behind either', async () => {
    const result = await run('left-timers');
    expect([...result.outcomes.keys()]).toEqual(['2 0']);
    expect(result.warnings.toSorted()).toEqual([
      'a timer and an immediate of thread a was pending when the thread ended, and dropped',
      'a timer and an immediate of thread b was pending when the thread ended, and dropped',
    ]);
  });
});

describe('all clocks', () => {
  it('are virtual, and agree', async () => {
    expect(await outcomesOf('clocks')).toEqual([`${Date.UTC(2025, 0, 1)} 1000 1000 1 1 1`]);
  });
});
