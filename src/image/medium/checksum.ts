/**
 * CRC-32 as zlib and PNG have it: finds every error of up to 32 bits in a row, and all others but one in 2³². The
 * platform's own where there is one; else by tables, four bytes at a time (Kounavis and Berry, "A Systematic Approach to
 * Building High Performance Software-based CRC Generators", 2005).
 */
import { platformModule } from './platform.ts';

const POLYNOMIAL = 0xed_b8_83_20;

/** Continues the checksum `before` over more bytes; the checksum of nothing is 0. */
export type Checksum = (bytes: Uint8Array, before?: number) => number;

/** The checksum as a signed word. */
export function platformChecksum(): Checksum {
  const native = platformModule('zlib')?.crc32;
  return native === undefined ? tableChecksum : (bytes, before = 0) => native(bytes, before >>> 0) | 0;
}

/** Tables of a byte's checksum with zero to three bytes behind it. */
let tables: Uint32Array[] | undefined;

function makeTables(): Uint32Array[] {
  const first = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let word = byte;
    for (let bit = 0; bit < 8; bit++) word = (word & 1) === 0 ? word >>> 1 : (word >>> 1) ^ POLYNOMIAL;
    first[byte] = word;
  }
  const made = [first];
  for (let behind = 1; behind < 4; behind++)
    made.push(made[behind - 1].map((word) => first[word & 255] ^ (word >>> 8)));
  return made;
}

/** The same by tables. */
export function tableChecksum(bytes: Uint8Array, before = 0): number {
  const [table0, table1, table2, table3] = (tables ??= makeTables());
  let word = ~before;
  let index = 0;
  for (const end = bytes.length - 3; index < end; index += 4) {
    word ^= bytes[index] | (bytes[index + 1] << 8) | (bytes[index + 2] << 16) | (bytes[index + 3] << 24);
    word = table3[word & 255] ^ table2[(word >>> 8) & 255] ^ table1[(word >>> 16) & 255] ^ table0[word >>> 24];
  }
  for (; index < bytes.length; index++) word = table0[(word ^ bytes[index]) & 255] ^ (word >>> 8);
  return ~word;
}
