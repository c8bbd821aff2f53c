/**
 * Whatever happens to an image, loading it gives the heap that was saved or says what is wrong. `npm run test:full` flips
 * 10,000 bits in all.
 */
import * as fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { FULL } from '../support/full.ts';
import { MemoryManager, type AllocatorError } from '../../src/index.ts';
import { Head } from '../../src/image/format.ts';
import { CHUNK_BYTES, ChunkHeader } from '../../src/image/medium/chunk-header.ts';
import { contentsOf, mixedHeap } from '../support/image-heap.ts';
import { errorOf } from '../support/misuse.ts';

const FLIPS = FULL ? 2500 : 100;
const PATIENCE_MS = FULL ? 3_600_000 : 120_000;
const MIB = 2 ** 20;
const HEAD_BYTES = Head.END * 4;
const PLACE = /^the image is damaged: (?:the head|chunk \d+ at byte \d+): .+; use another copy of it$/u;

describe.each([
  { title: 'with slabs', slabs: true, compress: false },
  { title: 'without slabs', slabs: false, compress: false },
  { title: 'with slabs, compressed', slabs: true, compress: true },
  { title: 'without slabs, compressed', slabs: false, compress: true },
])('an image of a heap $title', ({ slabs, compress }) => {
  let image: Uint8Array<ArrayBuffer>;
  let contents: string;

  beforeAll(() => {
    using heap = mixedHeap(3 * MIB, { slabs });
    image = heap.image({ compress });
    contents = contentsOf(heap);
  }, PATIENCE_MS);

  test('is loaded while it is whole', () => {
    using heap = MemoryManager.load(image);
    heap.check();
    expect(contentsOf(heap)).toBe(contents);
  });

  test(
    `is refused with any one of ${FLIPS} bits flipped, with the place`,
    async () => {
      const bit = fc.oneof(
        { weight: 4, arbitrary: fc.nat({ max: image.length * 8 - 1 }) },
        { weight: 1, arbitrary: fc.nat({ max: HEAD_BYTES * 8 - 1 }) },
        { weight: 1, arbitrary: fc.nat({ max: ChunkHeader.END * 32 - 1 }).map((index) => HEAD_BYTES * 8 + index) },
      );
      await fc.assert(
        fc.asyncProperty(bit, async (index) => {
          image[index >>> 3] ^= 1 << (index & 7);
          const { code, message } = await refusalOf(image);
          image[index >>> 3] ^= 1 << (index & 7);
          if (code === 'LAYOUT_MISMATCH') expect(index).toBeLessThan(2 * 32);
          else expect([code, message]).toEqual(['CORRUPTED', expect.stringMatching(PLACE)]);
        }),
        { numRuns: FLIPS },
      );
    },
    PATIENCE_MS,
  );

  test('is refused with any byte, word or range of bytes replaced', async () => {
    const damage = fc.tuple(fc.nat({ max: image.length - 1 }), fc.uint8Array({ minLength: 1, maxLength: 300 }));
    await fc.assert(
      fc.asyncProperty(damage, async ([start, bytes]) => {
        const damaged = image.slice();
        damaged.set(bytes.subarray(0, image.length - start), start);
        if (Buffer.compare(damaged, image) === 0) return;
        expect(['CORRUPTED', 'LAYOUT_MISMATCH']).toContain((await refusalOf(damaged)).code);
      }),
      { numRuns: 100 },
    );
  });

  test('is refused when it ends too early, wherever', async () => {
    const ends = [...boundariesOf(image), ...fc.sample(fc.nat({ max: image.length - 1 }), { numRuns: 100, seed: 7 })];
    expect(ends.length).toBeGreaterThan(103);
    for (const end of ends.filter((each) => each < image.length)) {
      const { code, message } = await refusalOf(image.subarray(0, end));
      if (end < 4) expect([code, message]).toEqual(['LAYOUT_MISMATCH', expect.stringContaining('does not begin like')]);
      else
        expect([code, message]).toEqual([
          'CORRUPTED',
          expect.stringContaining(`the image ends at byte ${end}, inside`),
        ]);
    }
  });

  test('is refused when it goes on too long', () => {
    const longer = new Uint8Array(image.length + 3);
    longer.set(image);
    expect(errorOf(() => MemoryManager.load(longer))).toMatchObject({
      code: 'CORRUPTED',
      message: expect.stringContaining('3 bytes follow'),
    });
  });

  test('is refused when two of its chunks have changed places', () => {
    const [, structure, first, second, rest] = boundariesOf(image);
    expect(rest, 'two chunks of contents are full').toBeGreaterThan(second);
    const swapped = image.slice();
    swapped.set(image.subarray(first, second), structure);
    swapped.set(image.subarray(structure, first), structure + second - first);
    const { code, message } = errorOf(() => MemoryManager.load(swapped));
    expect([code, message]).toEqual(['CORRUPTED', expect.stringMatching(PLACE)]);
  });
});

/** What loading says. A heap that could not be filled is let go of when the thread runs no code. */
async function refusalOf(image: Uint8Array): Promise<AllocatorError> {
  const error = errorOf(() => MemoryManager.load(image));
  await setImmediate();
  return error;
}

/** Where the head and each chunk end. */
function boundariesOf(image: Uint8Array): number[] {
  const view = new DataView(image.buffer);
  const boundaries = [HEAD_BYTES];
  for (let end = HEAD_BYTES; end < image.length;) {
    const stored = view.getInt32(end + ChunkHeader.STORED_BYTES * 4, true);
    expect(stored).toBeLessThanOrEqual(CHUNK_BYTES);
    end += ChunkHeader.END * 4 + stored;
    boundaries.push(end);
  }
  expect(boundaries.at(-1)).toBe(image.length);
  return boundaries;
}
