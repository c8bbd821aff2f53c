/**
 * Bytes that tell whose they are: a pattern made from an identity, so that a stray write or an overlap shows.
 */
import { expect } from 'vitest';
import type { MemoryManager } from '../../src/index.ts';

/** The byte at `index` of the pattern of `identity` (Knuth's multiplicative hash of both). */
export function patternByte(identity: number, index: number): number {
  return Math.imul((identity % 2 ** 31) ^ Math.imul(index + 1, 0x85eb_ca6b), 0x9e37_79b1) >>> 24;
}

export function patternOf(identity: number, byteLength: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: byteLength }, (_, index) => patternByte(identity, index));
}

/** Fills all usable bytes of a block. */
export function fillWithPattern(heap: MemoryManager, address: number, identity: number): void {
  heap.write(address, patternOf(identity, heap.sizeOf(address)));
}

/** Verifies all usable bytes of a block. */
export function expectPattern(heap: MemoryManager, address: number, identity: number): void {
  const size = heap.sizeOf(address);
  expect(Buffer.compare(heap.read(address, size), patternOf(identity, size))).toBe(0);
}
