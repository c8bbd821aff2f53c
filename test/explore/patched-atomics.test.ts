import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('replaced operations', () => {
  it.each(['off', 'race-log', 'schedule'] as const)(
    'give the results of the originals, plain accesses %s',
    async (plain) => {
      const result = await run('same-results', { plain });
      expect(result.failure?.message).toBeUndefined();
      expect(result.outcome).toBe('held');
    },
  );
});

describe('odd arguments', () => {
  it.each(['off', 'race-log', 'schedule'] as const)(
    'are coerced as the specification does, plain accesses %s',
    async (plain) => {
      const result = await run('odd-arguments', { plain });
      expect(result.failure?.message).toBeUndefined();
      expect(result.outcome).toBe('held');
    },
  );

  it('make steps like any other', async () => {
    const { outcomes } = await run('string-indexes');
    expect([...outcomes.keys()].toSorted()).toEqual(['1', '2']);
  });
});

describe('hooks', () => {
  it('run before each schedule with another number, and never sleep', async () => {
    const result = await run('hooks');
    expect(result.failure?.message).toBeUndefined();
    expect(result.outcomes.size).toBe(result.schedules);
  });
});
