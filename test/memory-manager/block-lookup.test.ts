import { describe, expect, test, vi } from 'vitest';
import { Layout } from '../../src/layout/layout.ts';
import { Guarded } from '../../src/layout/regions.ts';
import { usedHeap } from '../support/used-heap.ts';

/** Lets threads without the lock see a 0 in place of every word for which `isTorn` holds. The lock's holder reads plainly. */
function tornLooks(isTorn: (words: Int32Array, index: number) => boolean): Disposable {
  const { load } = Atomics;
  const spy = vi
    .spyOn(Atomics, 'load')
    .mockImplementation(((words: Int32Array, index: number) =>
      isTorn(words, index) ? 0 : load(words, index)) as typeof Atomics.load);
  return { [Symbol.dispose]: () => spy.mockRestore() };
}

describe('a look without the lock that is torn is repeated under it:', () => {
  test.each<[string, (layout: Layout) => (words: Int32Array, index: number) => boolean]>([
    ['the end of the memory', () => (_, index) => index === Guarded.UNIT_COUNT],
    [
      'the head bitmap',
      ({ regions }) =>
        ({ byteOffset }) =>
          byteOffset >= regions.headBitmap.start * 4,
    ],
    [
      'the block map',
      ({ regions }) =>
        ({ byteOffset }) =>
          byteOffset === regions.blockMap.start * 4,
    ],
    ['everything', () => () => true],
  ])('%s', (...[, tear]) => {
    using used = usedHeap();
    const { heap, first, second } = used;
    const bytes = heap.read(first, 64);
    {
      using _ = tornLooks(tear(new Layout(heap.buffer)));
      expect(heap.sizeOf(second)).toBe(64);
      expect(Buffer.compare(heap.read(first, 64), bytes)).toBe(0);
      heap.write(first + 10, bytes.subarray(10, 20));
      expect(heap.view(Float64Array, second, 8)).toHaveLength(8);
    }
    heap.check();
  });
});
