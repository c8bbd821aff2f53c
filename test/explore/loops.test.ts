/** Loops of every shape: none makes a search hang, is taken for a livelock, or is called complete where it is not. */
import { describe, expect, it } from 'vitest';
import { explore, preemptions, type ExploreOptions, type ExploreResult } from '../../src/explore/index.ts';
import { scenario } from './run.ts';

const outcomesOf = ({ outcomes }: ExploreResult): string[] => [...outcomes.keys()].toSorted();

function runLoop(loop: string, options?: ExploreOptions): Promise<ExploreResult> {
  const url = scenario('loops');
  url.searchParams.set('loop', loop);
  return explore(url, { strategy: preemptions(1), ...options });
}

const complete = { outcome: 'held', complete: true, warnings: [] };

describe('a thread that waits for another in a loop', () => {
  it.each([
    'ending-then-endless',
    'two-words-at-one-place',
    'out-of-step',
    'function-called-from-two-places',
    'two-words-called-from-two-places',
    'await',
  ])('goes on from a loop that ends to one without end: %s', async (loop) => {
    const result = await runLoop(loop);
    expect(result).toMatchObject(complete);
    expect(outcomesOf(result)).toEqual(['1', '2']);
  });

  it.each([
    'twelve-places',
    'twenty-two-places',
    'two-hundred-places',
    'three-of-four-alike',
    'three-words-at-one-place',
  ])('steps back in a loop without end, however many places a round has: %s', async (loop) => {
    const result = await runLoop(loop);
    expect(result).toMatchObject(complete);
    expect(result.schedules).toBeLessThan(20);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('steps back in a loop without end that reads %i words', async (period) => {
    expect(await runLoop(`period-${period}`)).toMatchObject(complete);
  });

  it('yields in a loop that reads more words than are watched, and the verdict says so', async () => {
    const result = await runLoop('period-9', { strategy: preemptions(0) });
    expect(result).toMatchObject({ outcome: 'held', complete: false });
    expect(result.warnings.join('\n')).toContain('so many steps in a row');
  });

  it('may read in a recursion, which ends', async () => {
    const result = await runLoop('recursion');
    expect(result).toMatchObject(complete);
    expect(result.outcomes.size).toBe(13);
  });

  it.each(['far-below-two-places', 'called-from-one-place'])(
    'is not called complete where two loops cannot be told apart: %s',
    async (loop) => {
      expect(await runLoop(loop)).toMatchObject({ outcome: 'held', complete: false, exhaustive: false });
    },
  );

  it('is not called complete where the loop ends after very many rounds, though the other always comes', async () => {
    const result = await runLoop('five-thousand-rounds');
    expect(result).toMatchObject({ outcome: 'held', complete: false });
    expect(result.warnings.join('\n')).toContain('spinLimit');
  });

  it('is in the same loop after V8 has optimized it', async () => {
    expect(await runLoop('ending-then-endless', { spinLimit: 50_000, strategy: preemptions(0) })).toMatchObject(
      complete,
    );
  });
});
