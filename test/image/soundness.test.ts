/** A structure that cannot be is refused, though its checksums are right. */
import { describe, expect, test } from 'vitest';
import { requireSound } from '../../src/image/soundness.ts';
import type { Structure } from '../../src/image/structure.ts';
import { SLAB } from '../../src/table/block-map.ts';
import { errorOf } from '../support/misuse.ts';

function structure(unitBytes: number, heads: number[], slabRecords: number[] = []): Structure {
  return {
    base: 65_536,
    unitBytes,
    unitCount: 10,
    heads: Int32Array.from(heads),
    slabRecords: Int32Array.from(slabRecords),
  };
}

/** Slots of 512 bytes: two in a unit. */
const slab = (used: number) => [512, 0, used];

describe('is sound', () => {
  test.each([
    structure(16, [-10]),
    structure(16, [3, 3, -3, 1]),
    structure(1024, [1 | SLAB, -8, 1 | SLAB], [...slab(0b11), ...slab(0)]),
  ])('%#', (sound) => expect(() => requireSound(sound)).not.toThrow());
});

describe('is refused', () => {
  test.each([
    ['a head of no units', structure(16, [0, 10])],
    ['a block that goes beyond the memory', structure(16, [11])],
    ['blocks that end before the memory', structure(16, [4, -5])],
    ['a block behind the end', structure(16, [-10, 1])],
    ['free runs that touch', structure(16, [-4, -6])],
    ['a slab in a heap without slabs', structure(16, [1 | SLAB, -9], slab(0))],
    ['a slab without a record', structure(1024, [1 | SLAB, -9])],
    ['a record cut off', structure(1024, [1 | SLAB, -9], [512, 0])],
    ['a record without a slab', structure(1024, [-10], slab(0))],
    ['slots of a size that there is not', structure(1024, [1 | SLAB, -9], [500, 0, 0])],
    ['slots larger than their slab', structure(1024, [1 | SLAB, -9], [2048, 0, 0])],
    ['more slots in use than slots', structure(1024, [1 | SLAB, -9], slab(0b100))],
    ['a slab that is too large', { ...structure(1024, [100 | SLAB], slab(0)), unitCount: 100 }],
  ])('%s', (_title, fault) => {
    const { code, message } = errorOf(() => requireSound(fault));
    expect(code).toBe('CORRUPTED');
    expect(message).toMatch(/^the image is damaged: the structure at unit \d+: .+; use another copy of it$/u);
  });
});
