/**
 * Size classes: multiples of 16 bytes up to 128, then eight classes per doubling up to 8 KiB, so that rounding up
 * wastes at most 12.5 %. The spacing is that of jemalloc (Evans 2006), at twice its density.
 *
 *   16 32 48 … 128 │ 144 160 … 256 │ 288 320 … 512 │ … │ 4608 5120 … 8192
 */
import { SLAB_UNIT_BYTES, SLOT_STEP_BYTES } from '../layout/regions.ts';

/** Largest size that a slab serves. */
export const SMALL_LIMIT = 8192;
/** Largest slab: slot indices are computed exactly up to here, see `slotIndex`. */
export const SLAB_LIMIT_BYTES = 65_536;

/** Most slots that a slab has. */
export const SLOT_LIMIT: number = SLAB_LIMIT_BYTES / SLOT_STEP_BYTES;

const LINEAR_LIMIT = 128;
const CLASSES_PER_DOUBLING = 8;
/** Scale of RECIPROCALS. */
export const RECIPROCAL_BITS = 20;

/** Bytes of a slot, by size class. */
export const SLOT_BYTES: Int32Array = Int32Array.from(slotSizes());
/** Number of size classes. */
export const CLASS_COUNT: number = SLOT_BYTES.length;
/** The reciprocal of each slot size in steps, scaled and rounded up. */
export const RECIPROCALS: Int32Array = SLOT_BYTES.map((bytes) =>
  Math.ceil(2 ** RECIPROCAL_BITS / (bytes / SLOT_STEP_BYTES)),
);

function* slotSizes(): Iterable<number> {
  for (let bytes = SLOT_STEP_BYTES; bytes <= LINEAR_LIMIT; bytes += SLOT_STEP_BYTES) yield bytes;
  for (let doubling = LINEAR_LIMIT; doubling < SMALL_LIMIT; doubling *= 2) {
    for (let step = 1; step <= CLASSES_PER_DOUBLING; step++) yield doubling + (step * doubling) / CLASSES_PER_DOUBLING;
  }
}

/** Slots of a size class that `byteLength` bytes have room for. */
export function slotCountOf(byteLength: number, sizeClass: number): number {
  return Math.floor(byteLength / SLOT_BYTES[sizeClass]);
}

/** Units of the smallest slab of at least `byteLength` bytes that wastes at most a sixteenth behind its last slot. */
export function slabUnitsFor(sizeClass: number, byteLength: number): number {
  const slotBytes = SLOT_BYTES[sizeClass];
  let units = Math.ceil(Math.max(slotBytes, byteLength) / SLAB_UNIT_BYTES);
  while (((units * SLAB_UNIT_BYTES) % slotBytes) * 16 > units * SLAB_UNIT_BYTES) units++;
  return Math.min(units, SLAB_LIMIT_BYTES / SLAB_UNIT_BYTES);
}

/** The class of sizes from 16 · (i − 1) + 1 to 16 · i bytes, by i. */
export const CLASS_BY_STEPS: Uint8Array = Uint8Array.from({ length: SMALL_LIMIT / SLOT_STEP_BYTES + 1 }, (_, steps) =>
  SLOT_BYTES.findIndex((bytes) => bytes >= steps * SLOT_STEP_BYTES),
);

/** The smallest class whose slots hold `byteLength` ≤ SMALL_LIMIT bytes. */
export function classFor(byteLength: number): number {
  return CLASS_BY_STEPS[(byteLength + SLOT_STEP_BYTES - 1) >>> 4];
}

/** The smallest class whose slots hold `byteLength` bytes and lie at multiples of `alignment`; −1 if there is none. */
export function alignedClassFor(byteLength: number, alignment: number): number {
  for (let sizeClass = classFor(byteLength); sizeClass < CLASS_COUNT; sizeClass++) {
    if (SLOT_BYTES[sizeClass] % alignment === 0) return sizeClass;
  }
  return -1;
}

/**
 * Index of the slot that holds the byte at `offset` in a slab. The product with a rounded reciprocal is exact for
 * offsets below SLAB_LIMIT_BYTES and slots up to SMALL_LIMIT, after Granlund and Montgomery, "Division by Invariant
 * Integers using Multiplication" (1994).
 */
export function slotIndex(offset: number, reciprocal: number): number {
  return Math.imul(offset >>> 4, reciprocal) >>> RECIPROCAL_BITS;
}
