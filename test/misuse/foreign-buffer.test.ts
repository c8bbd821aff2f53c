import { describe, expect, test } from 'vitest';
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import { Layout, HEADER_BYTES } from '../../src/layout/layout.ts';
import { FORMAT_VERSION, Guarded, Header, MAGIC } from '../../src/layout/regions.ts';
import { errorOf, expectRefused } from '../support/misuse.ts';
import { usedHeap } from '../support/used-heap.ts';

const ADVICE = 'attach to the handle of a MemoryManager';
const NO_BUFFER = `a heap lives in a SharedArrayBuffer, and this is none; ${ADVICE}`;
const NO_HEAP = `the buffer does not begin like a heap; ${ADVICE}`;
const NO_FIT = `the header does not fit the buffer; ${ADVICE}`;

function expectMismatch(from: unknown, message: string): void {
  const error = errorOf(() => MemoryManager.attach(from as HeapHandle));
  expect({ code: error.code, message: error.message }).toEqual({ code: 'LAYOUT_MISMATCH', message });
}

describe('attaching to what is no SharedArrayBuffer is LAYOUT_MISMATCH:', () => {
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a string', 'heap'],
    ['an empty object', {}],
    ['a private buffer', new ArrayBuffer(65_536)],
    ['a handle with a private buffer', { buffer: new ArrayBuffer(65_536) }],
    ['a typed array of private memory', new Uint8Array(65_536)],
  ])('%s', (_, from) => expectMismatch(from, NO_BUFFER));
});

describe('attaching to shared memory that holds no heap is LAYOUT_MISMATCH:', () => {
  test('too small for a header', () => {
    for (const byteLength of [0, 4, HEADER_BYTES - 1]) {
      expectMismatch(
        new SharedArrayBuffer(byteLength),
        `a buffer of ${byteLength} bytes is too small for a heap; ${ADVICE}`,
      );
    }
  });

  test('zeros', () => expectMismatch(new SharedArrayBuffer(65_536), NO_HEAP));

  test('other bytes', () => {
    const buffer = new SharedArrayBuffer(65_536);
    new Uint8Array(buffer).fill(0xa5);
    expectMismatch({ buffer }, NO_HEAP);
  });

  test('the magic word alone', () => {
    const buffer = new SharedArrayBuffer(65_536);
    new Int32Array(buffer)[Header.MAGIC] = MAGIC;
    expectMismatch(buffer, `the heap has format version 0, this library reads ${FORMAT_VERSION}; ${ADVICE}`);
    new Int32Array(buffer)[Header.VERSION] = FORMAT_VERSION;
    expectMismatch(buffer, NO_FIT);
  });
});

/** The bytes of a heap in a new buffer, as far as `byteLength` reaches. */
function copyOf(heap: MemoryManager, byteLength: number = heap.buffer.byteLength): SharedArrayBuffer {
  const copy = new SharedArrayBuffer(byteLength);
  new Uint8Array(copy).set(new Uint8Array(heap.buffer, 0, byteLength));
  return copy;
}

describe('attaching to a heap that is not as it was made is LAYOUT_MISMATCH:', () => {
  test.each([FORMAT_VERSION - 1, FORMAT_VERSION + 1])('format version %i', (version) => {
    using used = usedHeap();
    const copy = copyOf(used.heap);
    new Int32Array(copy)[Header.VERSION] = version;
    expectMismatch(copy, `the heap has format version ${version}, this library reads ${FORMAT_VERSION}; ${ADVICE}`);
  });

  test.each([
    ['UNIT_BYTES', 0],
    ['UNIT_BYTES', -16],
    ['UNIT_LIMIT', 0],
    ['UNIT_LIMIT', 2 ** 30],
    ['MAX_THREADS', 0],
    ['MAX_THREADS', 2 ** 30],
  ] as const)('%s of %i in the header', (word, value) => {
    using used = usedHeap();
    const copy = copyOf(used.heap);
    new Int32Array(copy)[Header[word]] = value;
    expectMismatch(copy, NO_FIT);
  });

  test('a buffer that ends before the bookkeeping does', () => {
    using used = usedHeap();
    expectMismatch(copyOf(used.heap, new Layout(used.heap.buffer).base - 1), NO_FIT);
  });

  test('a buffer that ends before the memory does', () => {
    using used = usedHeap();
    expectMismatch(copyOf(used.heap, used.heap.buffer.byteLength - 16), NO_FIT);
  });

  test('more memory under management than there is', () => {
    using used = usedHeap();
    const copy = copyOf(used.heap);
    new Int32Array(copy)[Guarded.UNIT_COUNT] += 1;
    expectMismatch(copy, NO_FIT);
  });
});

test('a whole copy of a heap, which has its id, too, is a heap of its own', () => {
  using used = usedHeap();
  const { buffer } = used.heap;
  using attached = MemoryManager.attach(copyOf(used.heap));
  expect(attached).not.toBe(used.heap);
  expect(attached.buffer).not.toBe(buffer);
  attached.deallocate(used.first);
  expect(used.heap.sizeOf(used.first)).toBe(64);
  for (const [known, handle] of [
    [used.heap, structuredClone(used.heap.handle)],
    [attached, structuredClone(attached.handle)],
  ] as const) {
    using again = MemoryManager.attach(handle);
    expect(again).toBe(known);
    again.check();
  }
});

test('a refused attempt leaves other heaps as they were', () => {
  using used = usedHeap();
  const copy = copyOf(used.heap, HEADER_BYTES);
  expectRefused(used.heap, () => MemoryManager.attach(copy), 'LAYOUT_MISMATCH', NO_FIT);
});
