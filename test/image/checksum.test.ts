import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from 'node:zlib';
import { platformChecksum, tableChecksum } from '../../src/image/medium/checksum.ts';

test('the checksum by tables is that of zlib, for any bytes, in one piece or two', () => {
  const platform = platformChecksum();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 300 }), (bytes, cut) => {
      const expected = crc32(bytes) | 0;
      expect(tableChecksum(bytes)).toBe(expected);
      expect(platform(bytes)).toBe(expected);
      expect(tableChecksum(bytes.subarray(cut), tableChecksum(bytes.subarray(0, cut)))).toBe(expected);
      expect(platform(bytes.subarray(cut), platform(bytes.subarray(0, cut)))).toBe(expected);
    }),
  );
});
