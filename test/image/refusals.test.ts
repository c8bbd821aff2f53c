/** What is no image, or cannot be loaded or saved here, is refused by name. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { Membership } from '../../src/heap/membership.ts';
import { Head, IMAGE_VERSION } from '../../src/image/format.ts';
import { tableChecksum } from '../../src/image/medium/checksum.ts';
import { lowestFit } from '../support/heap-options.ts';
import { errorOf } from '../support/misuse.ts';

const NO_ZLIB = { code: 'UNSUPPORTED', message: expect.stringContaining('no zlib') };

function imageOf(options = {}): Uint8Array<ArrayBuffer> {
  using heap = new MemoryManager(4096, { slabs: false, ...options });
  heap.allocate(100);
  return heap.image();
}

/** An image with one word of its head changed, and the checksum to it. */
function forged(word: number, value: number): Uint8Array<ArrayBuffer> {
  const image = imageOf();
  const words = new Int32Array(image.buffer, 0, Head.END);
  words[word] = value;
  words[Head.CHECKSUM] = tableChecksum(image.subarray(0, Head.CHECKSUM * 4));
  return image;
}

afterEach(() => vi.restoreAllMocks());

test('an image of another format version is refused by its number, whatever else it says', () => {
  const image = imageOf();
  new Int32Array(image.buffer)[Head.VERSION] = IMAGE_VERSION + 6;
  expect(errorOf(() => MemoryManager.load(image))).toMatchObject({
    code: 'LAYOUT_MISMATCH',
    message: `the image has format version ${IMAGE_VERSION + 6}, this library reads ${IMAGE_VERSION}`,
  });
});

test('an image of a machine of the other byte order is refused as such', () => {
  const image = imageOf();
  image.subarray(0, 4).reverse();
  expect(errorOf(() => MemoryManager.load(image))).toMatchObject({
    code: 'LAYOUT_MISMATCH',
    message: expect.stringContaining('other byte order'),
  });
});

test.each([new Uint8Array(), new Uint8Array(3), new Uint8Array(1000), new TextEncoder().encode('{ "no": "image" }')])(
  'what does not begin like an image is refused: %#',
  (bytes) => {
    expect(errorOf(() => MemoryManager.load(bytes))).toMatchObject({
      code: 'LAYOUT_MISMATCH',
      message: 'this does not begin like an image of a heap; give load what `save` or `image` made',
    });
  },
);

test('an image whose addresses this version would change is refused', () => {
  expect(errorOf(() => MemoryManager.load(forged(Head.BASE_STEPS, 7)))).toMatchObject({
    code: 'LAYOUT_MISMATCH',
    message: expect.stringContaining('blocks began at 458752'),
  });
});

test.each([
  ['UNIT_BYTES', 17],
  ['UNIT_LIMIT', 0],
  ['UNIT_COUNT', 0],
  ['UNIT_COUNT', 257],
  ['MAX_THREADS', 1024],
  ['LOCK_TIMEOUT_MS', -1],
  ['OPTIONS', 4],
  ['THREADS', -1],
  ['HEADS', 0],
  ['HEADS', 5000],
  ['SLAB_WORDS', -4],
] as const)('a head whose %s is %i is refused, though its checksum is right', (name, value) => {
  expect(errorOf(() => MemoryManager.load(forged(Head[name], value)))).toMatchObject({
    code: 'CORRUPTED',
    message: expect.stringContaining('it describes a heap that cannot be'),
  });
});

test('a heap with a strategy of the user is loaded with it, and refused without', () => {
  const image = imageOf({ fit: lowestFit });
  expect(errorOf(() => MemoryManager.load(image))).toMatchObject({
    code: 'UNKNOWN_FIT',
    message: expect.stringContaining('"lowest"'),
  });
  using heap = MemoryManager.load(image, { fits: [lowestFit] });
  expect(heap.allocate(16)).not.toBeNull();
});

test.each([undefined, null, 7, {}, [], Symbol('x'), ''])('what names no image is refused: %#', (from) => {
  expect(errorOf(() => MemoryManager.load(from as string))).toMatchObject({ code: 'BAD_OPTION' });
});

test('a heap that could not be filled is left, so that nothing keeps its memory', () => {
  const image = imageOf();
  image[image.length - 1] ^= 1;
  const joined = vi.spyOn(Membership, 'found');
  expect(errorOf(() => MemoryManager.load(image)).code).toBe('CORRUPTED');
  expect(joined).toHaveBeenCalledOnce();
  const member = joined.mock.results[0].value as Membership;
  expect(member.locked.isOpen).toBe(false);
  expect(member.slots.claimedCount()).toBe(0);
});

test('a file that is not there, and a folder, are told as such', () => {
  const folder = mkdtempSync(join(tmpdir(), 'threadheap-image-'));
  expect(() => MemoryManager.load(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  expect(errorOf(() => MemoryManager.load(folder)).code).toBe('LAYOUT_MISMATCH');
  using heap = new MemoryManager(4096);
  expect(() => heap.save(join(folder, 'none', 'heap.image'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  rmSync(folder, { recursive: true });
});

describe('saving', () => {
  test.each([[{ compres: true }], [{ compress: 1 }], [7], [null]])('refuses the options %j', (options) => {
    using heap = new MemoryManager(4096);
    expect(errorOf(() => heap.image(options as object)).code).toBe('BAD_OPTION');
  });

  test.each([undefined, 3, '', {}])('refuses a name that is none: %j', (name) => {
    using heap = new MemoryManager(4096);
    expect(errorOf(() => heap.save(name as string)).code).toBe('BAD_OPTION');
  });

  test('is refused after detach', () => {
    const heap = new MemoryManager(4096);
    heap.detach();
    expect(errorOf(() => heap.image()).code).toBe('DETACHED');
    expect(errorOf(() => heap.save('/nowhere')).code).toBe('DETACHED');
  });
});

describe('where there is no Node', () => {
  test('files, and compressed images, are refused; others go to and fro', () => {
    using heap = new MemoryManager(2 ** 20);
    const address = heap.allocate(100_000, { zeroed: true })!;
    const compressed = heap.image({ compress: true });
    const plain = heap.image();
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    expect(errorOf(() => heap.save('heap.image'))).toMatchObject({ code: 'UNSUPPORTED' });
    expect(errorOf(() => MemoryManager.load('heap.image'))).toMatchObject({ code: 'UNSUPPORTED' });
    expect(errorOf(() => heap.image({ compress: true }))).toMatchObject(NO_ZLIB);
    heap.write(address, [1, 2, 3]);
    vi.restoreAllMocks();
    const again = heap.image({ compress: true });
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    expect(errorOf(() => MemoryManager.load(again))).toMatchObject(NO_ZLIB);
    expect(heap.image().length).toBeGreaterThan(plain.length);
    using loaded = MemoryManager.load(heap.image());
    expect([...loaded.read(address, 3)]).toEqual([1, 2, 3]);
    expect(compressed.length).toBeLessThan(again.length);
  });
});
