import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyBytes, LONG_BYTES } from '../../src/heap/aligned-copy.ts';
import { MemoryManager } from '../../src/index.ts';

const PIECE_BYTES = 16_384;
/** Around the lengths at which something else is done. */
const LENGTHS = [0, 1, 7, 8, 33, LONG_BYTES - 1, LONG_BYTES, LONG_BYTES + 1, PIECE_BYTES - 1, PIECE_BYTES]
  .flatMap((length) => [length, length + PIECE_BYTES])
  .concat(3 * PIECE_BYTES + 5);
const ROOM = 5 * PIECE_BYTES;
const OFFSETS = [0, 1, 2, 3, 4, 5, 6, 7];

/** Bytes that differ from their neighbours near and far. */
const byteAt = (index: number) => (Math.imul(index + 1, 0x9e37_79b1) >>> 24) ^ (index & 0xff);

function filled<Buffer extends ArrayBufferLike>(buffer: Buffer): Uint8Array<Buffer> {
  const bytes = new Uint8Array(buffer);
  for (let index = 0; index < bytes.length; index++) bytes[index] = byteAt(index);
  return bytes;
}

const memories = {
  shared: () => new SharedArrayBuffer(ROOM),
  private: () => new ArrayBuffer(ROOM),
} as const;
const kinds = ['shared', 'private'] as const;

describe.each(kinds.flatMap((from) => kinds.map((to) => [from, to] as const)))('from %s to %s memory', (from, to) => {
  test('the very bytes arrive, and no others change, at every alignment and length', () => {
    const source = filled(memories[from]());
    const empty = new Uint8Array(ROOM);
    for (const length of LENGTHS) {
      for (const start of OFFSETS) {
        for (const offset of OFFSETS) {
          const target = new Uint8Array(memories[to]());
          copyBytes(target.subarray(offset, offset + length), source.subarray(start, start + length));
          expect(Buffer.compare(target.subarray(0, offset), empty.subarray(0, offset))).toBe(0);
          const arrived = target.subarray(offset, offset + length);
          expect(Buffer.compare(arrived, source.subarray(start, start + length))).toBe(0);
          expect(Buffer.compare(target.subarray(offset + length), empty.subarray(offset + length))).toBe(0);
        }
      }
    }
  });
});

test('ranges of one memory that overlap are copied as if by way of another, in both directions', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 2 * PIECE_BYTES }),
      fc.nat({ max: 2 * PIECE_BYTES }),
      fc.nat({ max: ROOM / 2 }),
      (...at) => {
        const [from, to, length] = at;
        const bytes = filled(new SharedArrayBuffer(ROOM));
        const expected = bytes.slice();
        expected.copyWithin(to, from, from + length);
        copyBytes(bytes.subarray(to, to + length), bytes.subarray(from, from + length));
        expect(Buffer.compare(bytes, expected)).toBe(0);
      },
    ),
  );
});

test('what is written at any alignment is read again, at any alignment, by a heap', () => {
  using heap = new MemoryManager(4 * ROOM);
  const address = heap.allocate(2 * ROOM)!;
  const source = filled(new ArrayBuffer(ROOM));
  for (const length of LENGTHS) {
    for (const start of OFFSETS) {
      for (const offset of OFFSETS) {
        heap.write(address + offset, source.subarray(start, start + length));
        const back = heap.read(address + offset, length);
        expect(Buffer.compare(back, source.subarray(start, start + length))).toBe(0);
        expect(back.buffer.byteLength).toBe(length);
        expect(Buffer.compare(heap.read(address, offset + length).subarray(offset), back)).toBe(0);
      }
    }
  }
});
