import { afterEach, expect, test, vi } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { platformInflate } from '../../src/image/medium/compression.ts';
import * as zlib from 'node:zlib';

afterEach(() => vi.restoreAllMocks());

/** Some versions of Node answer with a part of a buffer that holds other things too, at any offset. */
function inflateIntoPool(...args: Parameters<typeof zlib.inflateRawSync>): Buffer<ArrayBuffer> {
  const bytes = zlib.inflateRawSync(...args);
  const pool = Buffer.alloc(bytes.length + 100, 0x55);
  pool.set(bytes, 57);
  return pool.subarray(57, 57 + bytes.length);
}

test('what was deflated is read right, wherever the platform puts it', () => {
  using heap = new MemoryManager(4096, { slabs: false });
  const address = heap.allocate(1000, { zeroed: true })!;
  heap.write(address, [1, 2, 3]);
  const image = heap.image({ compress: true });
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ ...zlib, inflateRawSync: inflateIntoPool });
  using loaded = MemoryManager.load(image);
  loaded.check();
  expect([...loaded.read(address, 4)]).toEqual([1, 2, 3, 0]);
});

test('what is no deflated data, or is longer than it should be, is told', () => {
  const inflate = platformInflate();
  expect(inflate(Uint8Array.of(1, 2, 3), 100)).toBeUndefined();
  expect(inflate(zlib.deflateRawSync(new Uint8Array(1000)), 100)).toBeUndefined();
});
