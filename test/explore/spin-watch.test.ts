import { describe, expect, it } from 'vitest';
import { keyOf, Operation } from '../../src/explore/engine/operation.ts';
import { SpinWatch } from '../../src/explore/engine/spin-watch.ts';

const view = new Int32Array(4);
const load = (word: number): number => keyOf(Operation.LOAD, 4 * word);

/** Whether each of the given loads of zeros repeats what was there before. */
function spins(watch: SpinWatch, words: readonly number[]): boolean[] {
  return words.map((word) => {
    const spinning = watch.repeats(load(word), view, word, 0, 0);
    watch.note(load(word), 0);
    return spinning;
  });
}

describe('SpinWatch', () => {
  it('notices the third round of a sequence, whatever its length', () => {
    expect(spins(new SpinWatch(), [0, 0, 0])).toEqual([false, false, true]);
    expect(spins(new SpinWatch(), [0, 1, 0, 1, 0])).toEqual([false, false, false, false, true]);
  });

  it('leaves code alone that reads a word often, but among others', () => {
    expect(spins(new SpinWatch(), [0, 1, 0, 2, 0, 3])).not.toContain(true);
  });

  it('starts over when the thread changed something', () => {
    const watch = new SpinWatch();
    spins(watch, [0, 0]);
    watch.progress();
    expect(spins(watch, [0])).toEqual([false]);
  });

  it('does not take a compare-exchange for a re-read that would succeed', () => {
    const watch = new SpinWatch();
    const key = keyOf(Operation.COMPARE_EXCHANGE, 0);
    watch.note(key, 0);
    watch.note(key, 0);
    expect(watch.repeats(key, view, 0, 1, 2)).toBe(true);
    expect(watch.repeats(key, view, 0, 0, 1)).toBe(false);
    expect(watch.repeats(key, view, 0, 2 ** 32, 1)).toBe(false);
  });
});
