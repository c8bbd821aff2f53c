/**
 * Images of a heap that threads work with: each is sound, and has every block that was live all the time.
 */
import { describe, expect, test } from 'vitest';
import { MemoryManager, type MemoryManagerOptions } from '../../src/index.ts';
import { lowestFit } from '../support/heap-options.ts';
import { fillWithPattern, expectPattern } from '../support/pattern.ts';
import { newSignal, Thread } from '../support/threads.ts';

const MIB = 2 ** 20;
const THREADS = 2;
const IMAGES = 4;

interface Setup {
  readonly title: string;
  readonly blockSize: number;
  readonly options: MemoryManagerOptions;
}

const SETUPS: Setup[] = (['first-fit', 'best-fit', 'next-fit', 'worst-fit', lowestFit] as const).flatMap((fit) =>
  [true, false].map((slabs) => {
    const title = `${typeof fit === 'string' ? fit : 'a fit of the user'}, ${slabs ? 'with' : 'without'} slabs`;
    return { title, blockSize: 4 * MIB, options: { fit, slabs } };
  }),
);
for (const slabs of [true, false]) {
  const title = `a heap that grows, ${slabs ? 'with' : 'without'} slabs`;
  SETUPS.push({ title, blockSize: MIB, options: { slabs, maxByteLength: 16 * MIB } });
}

/** Many blocks of the heap that stay, with room between them for others to work in. */
function settle(heap: MemoryManager): number[] {
  const all = Array.from({ length: 3000 }, (_, index) => heap.allocate(16 + ((index * 37) % 150))!);
  all.forEach((address, index) => index % 3 === 0 && heap.deallocate(address));
  const stay = all.filter((_, index) => index % 3 !== 0);
  for (const address of stay) fillWithPattern(heap, address, address);
  return stay;
}

/** Some images, of which not all are equal: others were at work. */
function imagesOf(heap: MemoryManager): Uint8Array[] {
  const images: Uint8Array[] = [];
  const lengths = new Set<number>();
  while (images.length < IMAGES || lengths.size < 2) {
    const image = heap.image();
    if (images.length < IMAGES || !lengths.has(image.length)) images.push(image);
    lengths.add(image.length);
  }
  return images;
}

describe.each(SETUPS)('$title', ({ blockSize, options }) => {
  test('images taken while threads take, resize and free blocks are sound, and have all blocks that stay', async () => {
    using heap = new MemoryManager(blockSize, options);
    const stay = settle(heap);
    heap.root = stay[0];
    const signal = newSignal();
    const threads = Array.from(
      { length: THREADS },
      (_, index) => new Thread(heap, 'shuffleUntilTold', { index, signal }),
    );
    for (const thread of threads) expect(await thread.told()).toBe('at it');
    const images = imagesOf(heap);
    threads[0].goOn();
    await Promise.all(threads.map(async (thread) => thread.end()));
    heap.check();
    for (const image of images) {
      using loaded = MemoryManager.load(image, { fits: [lowestFit] });
      loaded.check();
      expect(loaded.root).toBe(stay[0]);
      for (const address of stay) expectPattern(loaded, address, address);
      for (const { address } of loaded.blocks()) loaded.deallocate(address);
      loaded.check();
      expect(loaded.stats().liveBytes).toBe(0);
    }
  });
});
