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

describe('hooks', () => {
  it('run before each schedule with another number, and never sleep', async () => {
    const result = await run('hooks');
    expect(result.failure?.message).toBeUndefined();
    expect(result.outcomes.size).toBe(result.schedules);
  });
});
