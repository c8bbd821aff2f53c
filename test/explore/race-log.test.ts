import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('the race log', () => {
  it('names both accesses of a race and where they stand', async () => {
    const { failure, races } = await run('plain-counter', { plain: 'race-log' });
    expect(failure?.kind).toBe('race');
    expect(races).toBe(1);
    expect(failure?.message).toMatch(
      /^at byte 0 \(count\), the read of thread b \(.*plain-counter\.scenario\.ts:11:21\) has no order with the write of thread a/,
    );
  });

  it.each(['locked-counter', 'message-passing', 'cas-spinlock', 'futex-mutex', 'tagged-free-list', 'growth'])(
    'raises no false alarm on %s',
    async (name) => {
      const result = await run(name, { plain: 'race-log' });
      expect(result.failure?.message).toBeUndefined();
      expect(result).toMatchObject({ outcome: 'held', races: 0, complete: true });
    },
  );

  it('makes plain accesses steps where asked, so that racy outcomes are seen', async () => {
    const result = await run('racy-allowed', { plain: 'schedule', reduction: false });
    expect([...result.outcomes.keys()].toSorted()).toEqual(['1', '2']);
  });
});
