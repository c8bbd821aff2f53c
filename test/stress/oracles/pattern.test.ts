import { describe, expect, it } from 'vitest';
import { INTACT, Pattern } from '../../../src/stress/oracles/pattern.ts';

const ADDRESS = 64;

describe('the pattern of a block', () => {
  it.each([0, 1, 2, 3, 4, 5, 31, 32, 33, 64, 65, 1000])(
    'of %i bytes is found intact, and damaged at any byte',
    (size) => {
      const buffer = new SharedArrayBuffer(2048);
      const bytes = new Uint8Array(buffer);
      const pattern = new Pattern(buffer, 7);
      pattern.fill(5, ADDRESS, 0, size);
      expect(pattern.firstDamage(5, ADDRESS, size)).toBe(INTACT);
      for (let at = 0; at < size; at++) {
        bytes[ADDRESS + at] ^= 1;
        const found = pattern.firstDamage(5, ADDRESS, size);
        bytes[ADDRESS + at] ^= 1;
        expect(found).toBe(at);
      }
    },
  );

  it('stays within the block', () => {
    const buffer = new SharedArrayBuffer(2048);
    new Pattern(buffer, 7).fill(5, ADDRESS, 0, 101);
    const bytes = new Uint8Array(buffer);
    expect(bytes.subarray(0, ADDRESS).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(ADDRESS + 101).every((byte) => byte === 0)).toBe(true);
  });

  it('differs from that of another block and of another run', () => {
    const buffer = new SharedArrayBuffer(2048);
    new Pattern(buffer, 7).fill(5, ADDRESS, 0, 64);
    expect(new Pattern(buffer, 7).firstDamage(6, ADDRESS, 64)).not.toBe(INTACT);
    expect(new Pattern(buffer, 8).firstDamage(5, ADDRESS, 64)).not.toBe(INTACT);
  });

  it('has the same beginning whatever the size, so that a block can shrink and be filled up again', () => {
    const pattern = new Pattern(new SharedArrayBuffer(2048), 7);
    pattern.fill(5, ADDRESS, 0, 400);
    expect(pattern.firstDamage(5, ADDRESS, 127)).toBe(INTACT);
    pattern.fill(5, ADDRESS, 127, 900);
    expect(pattern.firstDamage(5, ADDRESS, 900)).toBe(INTACT);
  });

  it('goes on in blocks that are longer than the noise', () => {
    const size = 700_001;
    const buffer = new SharedArrayBuffer(2 ** 20);
    const pattern = new Pattern(buffer, 7);
    pattern.fill(5, ADDRESS, 0, size);
    expect(pattern.firstDamage(5, ADDRESS, size)).toBe(INTACT);
    for (const at of [0, 262_143, 262_144, 300_000, 524_288, size - 1]) {
      new Uint8Array(buffer)[ADDRESS + at] ^= 1;
      expect(pattern.firstDamage(5, ADDRESS, size)).toBe(at);
      pattern.fill(5, ADDRESS, 0, size);
    }
  });

  it('sees the first byte that is not zero', () => {
    const buffer = new SharedArrayBuffer(2 ** 20);
    const pattern = new Pattern(buffer, 7);
    expect(pattern.firstNonZero(ADDRESS, 700_001)).toBe(INTACT);
    for (const at of [700_000, 300_000, 100, 3]) {
      new Uint8Array(buffer)[ADDRESS + at] = 1;
      expect(pattern.firstNonZero(ADDRESS, 700_001)).toBe(at);
    }
  });

  it('reaches memory by which the buffer has grown', () => {
    const buffer = new SharedArrayBuffer(256, { maxByteLength: 4096 });
    const pattern = new Pattern(buffer, 7);
    buffer.grow(4096);
    pattern.fill(5, 2048, 0, 1000);
    expect(new Pattern(buffer, 7).firstDamage(5, 2048, 1000)).toBe(INTACT);
  });
});
