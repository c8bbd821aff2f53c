/** Whatever code does with `Error`, the explorer still tells loops and places apart, and leaves it as it was. */
import { describe, expect, it } from 'vitest';
import { explore, preemptions, type ExploreResult } from '../../src/explore/index.ts';
import { scenario } from './run.ts';

const WAYS = [
  'no-frames',
  'no-limit',
  'own-stacks',
  'frozen',
  'frozen-with-own-stacks',
  'throwing-accessors',
  'own-capture',
  'replaced',
] as const;

function runWay(way: string, fails: boolean): Promise<ExploreResult> {
  const url = scenario('own-errors');
  url.searchParams.set('way', way);
  if (fails) url.searchParams.set('fails', '');
  return explore(url, { strategy: preemptions(1) });
}

describe('code that has its own way with `Error`', () => {
  it.each(WAYS)('has its loops told apart, and finds `Error` as it was: %s', async (way) => {
    const result = await runWay(way, false);
    expect(result).toMatchObject({ outcome: 'held', complete: true, warnings: [] });
    expect([...result.outcomes.keys()].toSorted()).toEqual(['1', '2']);
  });

  it.each(WAYS)('is shown what it threw and where its steps are: %s', async (way) => {
    const { failure } = await runWay(way, true);
    expect(failure).toMatchObject({ kind: 'exception' });
    expect(failure?.message).toContain('TypeError: too late');
    expect(failure?.trace.map(({ position }) => position).join('\n')).toContain('own-errors.scenario.ts:');
  });
});
