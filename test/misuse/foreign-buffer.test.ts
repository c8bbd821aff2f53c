import { describe, expect, test } from 'vitest';
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import { HEADER_BYTES, sealHeader } from '../../src/layout/header.ts';
import { Layout } from '../../src/layout/layout.ts';
import { FORMAT_VERSION, Guarded, Header, MAGIC } from '../../src/layout/regions.ts';
import { errorOf, expectRefused } from '../support/misuse.ts';
import { usedHeap } from '../support/used-heap.ts';

const ADVICE = 'attach to the handle of a MemoryManager';
const NO_BUFFER = `a heap lives in a SharedArrayBuffer, and this is none; ${ADVICE}`;
const NO_HEAP = `the buffer does not begin like a heap; ${ADVICE}`;

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
    expectMismatch(buffer, `the header says units of 0 bytes, and there are those of 16 and 1024; ${ADVICE}`);
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
    ['UNIT_BYTES', 0, 'units of 0 bytes, and there are those of 16 and 1024'],
    ['UNIT_BYTES', -16, 'units of -16 bytes, and there are those of 16 and 1024'],
    ['UNIT_BYTES', 32, 'units of 32 bytes, and there are those of 16 and 1024'],
    ['UNIT_LIMIT', 0, '0 units, and this library knows 1 to 1073741823'],
    ['UNIT_LIMIT', 2 ** 30, '1073741824 units, and this library knows 1 to 1073741823'],
    ['MAX_THREADS', 0, '0 threads, and this library knows 1 to 1023'],
    ['MAX_THREADS', 1024, '1024 threads, and this library knows 1 to 1023'],
    ['LOCK_TIMEOUT_MS', -1, '-1 milliseconds of patience, and this library knows 0 to 2147483647'],
    ['FIT_NAME', 0, '0 bytes of a fit’s name, and this library knows 1 to 60'],
    ['FIT_NAME', 61, '61 bytes of a fit’s name, and this library knows 1 to 60'],
    ['OPTIONS', 4, '4 as option bits, and this library knows 0 to 3'],
    ['QUARANTINE', 65_537, '65537 blocks in quarantine, and this library knows 0 to 65536'],
    ['KIND', 1, '1 as kind of memory, and this library knows 0'],
  ] as const)('%s of %i in the header, with the checksum that belongs to it', (word, value, complaint) => {
    using used = usedHeap();
    const copy = copyOf(used.heap);
    forge(copy, Header[word], value);
    expectMismatch(copy, `the header says ${complaint}; ${ADVICE}`);
  });

  test.each(Array.from({ length: Header.END }, (_, word) => word))('word %i of the header, by one bit', (word) => {
    using used = usedHeap();
    for (let bit = 0; bit < 32; bit++) {
      const copy = copyOf(used.heap);
      new Int32Array(copy)[word] ^= 1 << bit;
      expect(errorOf(() => MemoryManager.attach(copy)).code).toBe('LAYOUT_MISMATCH');
    }
  });

  test('numbers that are possible, but not those that were written', () => {
    using used = usedHeap();
    const copy = copyOf(used.heap);
    new Int32Array(copy)[Header.MAX_THREADS] -= 1;
    expectMismatch(copy, `the header is not as it was written: its checksum differs; ${ADVICE}`);
  });

  test('more threads than the bookkeeping has room for in the buffer', () => {
    using used = usedHeap();
    const copy = copyOf(used.heap);
    forge(copy, Header.MAX_THREADS, 1023);
    const { byteLength } = copy;
    expectMismatch(
      copy,
      `the bookkeeping ends at byte 131072, beyond the ${byteLength} bytes of the buffer; ${ADVICE}`,
    );
  });

  test('a limit beyond what the buffer can grow to', () => {
    using used = usedHeap({ maxByteLength: 8192 });
    const copy = new SharedArrayBuffer(used.heap.buffer.byteLength, { maxByteLength: used.heap.buffer.maxByteLength });
    new Uint8Array(copy).set(new Uint8Array(used.heap.buffer));
    forge(copy, Header.UNIT_LIMIT, 513);
    const most = copy.maxByteLength;
    expectMismatch(copy, `the heap may grow to byte ${most + 16}, and the buffer only to ${most}; ${ADVICE}`);
  });

  test('a buffer that does not grow although the heap may', () => {
    using used = usedHeap({ maxByteLength: 8192 });
    const { byteLength, maxByteLength } = used.heap.buffer;
    const copy = copyOf(used.heap);
    expectMismatch(copy, `the heap may grow to byte ${maxByteLength}, and the buffer only to ${byteLength}; ${ADVICE}`);
  });

  test('a buffer that ends before the bookkeeping does', () => {
    using used = usedHeap();
    const { base } = new Layout(used.heap.buffer);
    const copy = copyOf(used.heap, base - 1);
    expectMismatch(copy, `the bookkeeping ends at byte ${base}, beyond the ${base - 1} bytes of the buffer; ${ADVICE}`);
  });

  test('a buffer that ends before the memory does', () => {
    using used = usedHeap();
    const end = used.heap.buffer.byteLength;
    const copy = copyOf(used.heap, end - 16);
    expectMismatch(copy, `the heap may grow to byte ${end}, and the buffer only to ${end - 16}; ${ADVICE}`);
  });

  test.each([0, -1, 257])('%i units under management of 256', (unitCount) => {
    using used = usedHeap();
    const copy = copyOf(used.heap);
    new Int32Array(copy)[Guarded.UNIT_COUNT] = unitCount;
    expectMismatch(copy, `the heap says ${unitCount} units under management, of 1 to 256; ${ADVICE}`);
  });

  test('more memory under management than there is', () => {
    using used = usedHeap({ maxByteLength: 8192 });
    const { byteLength, maxByteLength } = used.heap.buffer;
    const copy = new SharedArrayBuffer(byteLength, { maxByteLength });
    new Uint8Array(copy).set(new Uint8Array(used.heap.buffer));
    new Int32Array(copy)[Guarded.UNIT_COUNT] += 1;
    expectMismatch(
      copy,
      `the memory ends at byte ${byteLength + 16}, beyond the ${byteLength} bytes of the buffer; ${ADVICE}`,
    );
  });
});

/** Writes a word of the header, and the checksum as it must be then. */
function forge(buffer: SharedArrayBuffer, word: number, value: number): void {
  const header = new Int32Array(buffer, 0, Header.END);
  header[word] = value;
  sealHeader(header);
}

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
  expectRefused(used.heap, () => MemoryManager.attach(copy), 'LAYOUT_MISMATCH', /the bookkeeping ends at byte/u);
});
