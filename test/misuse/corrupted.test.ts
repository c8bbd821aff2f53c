import { describe, expect, test } from 'vitest';
import type { MemoryManager } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { bitmapLevelSizes, Guarded, Tuple } from '../../src/layout/regions.ts';
import { errorOf } from '../support/misuse.ts';
import { BLOCK_BYTES, usedHeap, type UsedHeap } from '../support/used-heap.ts';

/** What foreign hands may do to the words of a heap; units of blocks are those of `usedHeap`. */
type Vandalism = (layout: Layout, units: { block: number; free: number; last: number; tail: number }) => void;

function vandalized(vandalize: Vandalism): { used: UsedHeap; heap: MemoryManager } {
  const used = usedHeap();
  const layout = new Layout(used.heap.buffer);
  const block = BLOCK_BYTES / layout.unitBytes;
  vandalize(layout, { block, free: 2 * block, last: 3 * block, tail: 4 * block });
  return { used, heap: used.heap };
}

const acts: [string, Vandalism, string][] = [
  [
    'a head whose word is 0',
    (layout, { last }) => (layout.viewOf(layout.regions.blockMap)[last] = 0),
    'the word 0 stands for 0 units at unit 12 of 256',
  ],
  [
    'two free runs side by side',
    (layout, { last }) => (layout.viewOf(layout.regions.blockMap)[last] = -4),
    'two free runs touch at unit 12',
  ],
  [
    'a block that goes beyond the end',
    (layout, { last }) => (layout.viewOf(layout.regions.blockMap)[last] = 1000),
    'the word 1000 stands for 1000 units at unit 12 of 256',
  ],
  [
    'a head without its bit',
    (layout) => (layout.viewOf(layout.regions.headBitmap)[0] &= ~1),
    'the head bitmap has its next bit at unit 4 instead of 0',
  ],
  [
    'a bit inside a block',
    (layout) => (layout.viewOf(layout.regions.headBitmap)[0] |= 1 << 6),
    'the head bitmap marks unit 6 inside the run that starts at 4',
  ],
  [
    'a summary bit too many',
    (layout) => (layout.viewOf(layout.regions.headBitmap)[8] |= 1 << 7),
    'a summary of the head bitmap contradicts the words below it',
  ],
  [
    'a free run with another length in its list',
    (layout, { free }) => {
      const bins = layout.viewOf(layout.regions.bins);
      [bins[4], bins[3]] = [0, free + 1];
      const bitmap = layout.viewOf(layout.regions.binBitmap);
      bitmap[0] = (bitmap[0] & ~(1 << 4)) | (1 << 3);
    },
    'length of the free run listed at unit 8: 4 instead of 3',
  ],
  [
    'a bin whose bit is set although it is empty',
    (layout) => (layout.viewOf(layout.regions.bins)[4] = 0),
    'links, bins and their bitmap contradict each other in the free list',
  ],
  [
    'a free run that is on no list',
    (layout) => {
      layout.viewOf(layout.regions.bins)[4] = 0;
      const bitmap = layout.viewOf(layout.regions.binBitmap);
      bitmap[0] &= ~(1 << 4);
      bitmap[bitmapLevelSizes(layout.unitLimit + 1)[0]] &= ~1;
    },
    'runs on the free list: 1 instead of 2',
  ],
  [
    'a tuple that says another length',
    (layout, { free }) => {
      layout.viewOf(layout.regions.freeList)[(free >> 1) * Tuple.WORDS + Tuple.LENGTH] = 3;
    },
    'the tuple of the free run at unit 8 says (8, 3)',
  ],
  [
    'a node of the tree that is too small',
    (layout) => (layout.viewOf(layout.regions.longestRuns)[0] = 1),
    'a node of the longest-run tree is not the maximum of what lies below it',
  ],
  ['a wrong count of used units', (layout) => layout.words[Guarded.USED_UNITS]++, 'used units: 13 instead of 12'],
  ['a wrong count of free runs', (layout) => layout.words[Guarded.FREE_RUNS]--, 'free runs: 1 instead of 2'],
  [
    'a peak below what is used',
    (layout) => (layout.words[Guarded.PEAK_USED_UNITS] = 11),
    'the peak of used units lies below the used units',
  ],
];

describe('check', () => {
  test.each(acts)('finds %s: CORRUPTED', (_, vandalize, violation) => {
    const { used, heap } = vandalized(vandalize);
    const error = errorOf(() => heap.check());
    expect(error.code).toBe('CORRUPTED');
    expect(error.message).toBe(`the heap is inconsistent: ${violation}`);
    used[Symbol.dispose]();
  });

  test('leaves the lock free when it finds something', () => {
    const { used, heap } = vandalized((layout) => layout.words[Guarded.USED_UNITS]++);
    expect(errorOf(() => heap.check()).code).toBe('CORRUPTED');
    new Layout(heap.buffer).words[Guarded.USED_UNITS]--;
    heap.check();
    expect(heap.stats().lockSeizures).toBe(0);
    used[Symbol.dispose]();
  });

  test('passes a heap in use, since metadata never lies inside user blocks', () => {
    using used = usedHeap();
    const { heap } = used;
    for (const { address, size } of heap.blocks()) new Uint8Array(heap.buffer, address, size).fill(255);
    heap.check();
  });
});
