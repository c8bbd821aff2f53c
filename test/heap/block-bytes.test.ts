import { expect, test } from 'vitest';
import { BlockBytes } from '../../src/heap/block-bytes.ts';

/** Stands for 4 GiB. */
const WINDOW_BYTES = 64;

function bytesBeyondWindow(): { bytes: BlockBytes; all: Uint8Array } {
  const buffer = new SharedArrayBuffer(8 * WINDOW_BYTES);
  const all = new Uint8Array(buffer);
  for (let index = 0; index < all.length; index++) all[index] = index % 251;
  return { bytes: new BlockBytes(buffer, WINDOW_BYTES), all };
}

test('what is longer than one view is copied whole', () => {
  const { bytes, all } = bytesBeyondWindow();
  const before = all.slice();
  bytes.copy(10, 300, 200);
  expect(all).toEqual(Uint8Array.of(...before.subarray(0, 300), ...before.subarray(10, 210), ...before.subarray(500)));
});

test('what is longer than one view is cleared whole, and nothing else', () => {
  const { bytes, all } = bytesBeyondWindow();
  const before = all.slice();
  bytes.clear(10, 200);
  expect(all).toEqual(Uint8Array.of(...before.subarray(0, 10), ...new Uint8Array(200), ...before.subarray(210)));
});

test('bytes beyond the standing view are read and written like others', () => {
  const { bytes, all } = bytesBeyondWindow();
  bytes.write(400, Uint8Array.of(1, 2, 3), 3);
  expect(bytes.read(399, 5)).toEqual(all.slice(399, 404));
  expect([...bytes.read(400, 3)]).toEqual([1, 2, 3]);
});
