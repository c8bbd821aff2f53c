import { describe, expect, test } from 'vitest';
import { SLAB_UNIT_BYTES, SLOT_STEP_BYTES } from '../../src/layout/regions.ts';
import {
  alignedClassFor,
  CLASS_COUNT,
  classFor,
  RECIPROCALS,
  SLAB_LIMIT_BYTES,
  slabUnitsFor,
  SLOT_BYTES,
  SLOT_LIMIT,
  slotCountOf,
  slotIndex,
  SMALL_LIMIT,
} from '../../src/slab/size-class.ts';
import { NO_SLOT } from '../../src/slab/slab-table.ts';

const CLASSES = Array.from(SLOT_BYTES, (slotBytes, sizeClass) => ({ sizeClass, slotBytes }));

/** Calls `expect` only where something is wrong: there are millions of cases. */
function expectAlways(holds: boolean, what: () => string): void {
  if (!holds) expect.fail(what());
}

test('the classes are multiples of 16 up to 128, then eight per doubling up to 8 KiB', () => {
  const upToLinear = Array.from({ length: 8 }, (_, index) => 16 * (index + 1));
  const doublings = [128, 256, 512, 1024, 2048, 4096].flatMap((from) =>
    Array.from({ length: 8 }, (_, index) => from + ((index + 1) * from) / 8),
  );
  expect([...SLOT_BYTES]).toEqual([...upToLinear, ...doublings]);
  expect(SLOT_BYTES.at(-1)).toBe(SMALL_LIMIT);
});

test('every size gets the smallest class that holds it, and wastes at most 12.5 % beyond 128 bytes', () => {
  for (let size = 0; size <= SMALL_LIMIT; size++) {
    const sizeClass = classFor(size);
    const slotBytes = SLOT_BYTES[sizeClass];
    expectAlways(slotBytes >= size, () => `${size} bytes do not fit slots of ${slotBytes}`);
    const isSmallest = sizeClass === 0 || SLOT_BYTES[sizeClass - 1] < size;
    expectAlways(isSmallest, () => `${size} bytes would fit a smaller class than that of ${slotBytes}`);
    const isTight = size > 128 ? slotBytes <= size * 1.125 : slotBytes < size + SLOT_STEP_BYTES || size === 0;
    expectAlways(isTight, () => `${size} bytes waste too much in slots of ${slotBytes}`);
  }
});

test('every alignment gets the smallest class whose slots all lie at multiples of it', () => {
  for (let alignment = 16; alignment <= SLAB_UNIT_BYTES; alignment *= 2) {
    for (let size = 0; size <= SMALL_LIMIT; size += 7) {
      const expected = CLASSES.find(({ slotBytes }) => slotBytes >= size && slotBytes % alignment === 0);
      const found = alignedClassFor(size, alignment);
      expectAlways(found === (expected?.sizeClass ?? -1), () => `${size} at ${alignment}: class ${found}`);
    }
  }
  expect(alignedClassFor(SMALL_LIMIT, 16_384)).toBe(-1);
});

test.each(CLASSES)('the index of the slot at every offset is exact for slots of $slotBytes bytes', (one) => {
  const { sizeClass, slotBytes } = one;
  for (let offset = 0; offset < SLAB_LIMIT_BYTES; offset++) {
    const index = slotIndex(offset, RECIPROCALS[sizeClass]);
    expectAlways(index === Math.floor(offset / slotBytes), () => `offset ${offset} is in slot ${index}`);
  }
});

describe('a slab', () => {
  test.each(CLASSES)('of slots of $slotBytes bytes wastes at most a sixteenth, whatever size is wanted', (one) => {
    const { sizeClass, slotBytes } = one;
    const unitLimit = SLAB_LIMIT_BYTES / SLAB_UNIT_BYTES;
    for (let wanted = 0; wanted <= SLAB_LIMIT_BYTES; wanted += 512) {
      const units = slabUnitsFor(sizeClass, wanted);
      const bytes = units * SLAB_UNIT_BYTES;
      const slots = slotCountOf(bytes, sizeClass);
      expectAlways(slots >= 1 && bytes >= wanted, () => `${bytes} bytes are too few for ${wanted}`);
      expectAlways(units <= unitLimit, () => `${units} units are too many`);
      const isSmallest = (fewer: number) => (fewer * SLAB_UNIT_BYTES) % slotBytes > (fewer * SLAB_UNIT_BYTES) / 16;
      expectAlways(
        units === unitLimit || bytes - slots * slotBytes <= bytes / 16,
        () => `${bytes} bytes waste too much`,
      );
      for (let fewer = Math.ceil(Math.max(wanted, slotBytes) / SLAB_UNIT_BYTES); fewer < units; fewer++) {
        expectAlways(isSmallest(fewer), () => `${fewer} units would do for ${wanted} bytes, not ${units}`);
      }
    }
  });

  test('of the greatest size, which cannot be rounded up, still wastes at most an eleventh', () => {
    for (const { sizeClass, slotBytes } of CLASSES) {
      const bytes = slabUnitsFor(sizeClass, SLAB_LIMIT_BYTES) * SLAB_UNIT_BYTES;
      expect((bytes % slotBytes) * 11).toBeLessThanOrEqual(bytes);
    }
  });

  test('begins small: the first of no class is larger than 13 KiB, and of sizes up to 1 KiB than 7 KiB', () => {
    for (const { sizeClass, slotBytes } of CLASSES) {
      expect(slabUnitsFor(sizeClass, 0)).toBeLessThanOrEqual(slotBytes <= 1024 ? 7 : 13);
    }
  });

  test('never has so many slots that an index could be taken for a state with a meaning', () => {
    expect(SLOT_LIMIT).toBeLessThan(NO_SLOT);
    expect(slotCountOf(SLAB_LIMIT_BYTES, 0)).toBe(SLOT_LIMIT);
    expect(CLASS_COUNT).toBe(CLASSES.length);
  });
});
