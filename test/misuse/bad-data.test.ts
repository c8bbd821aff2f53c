import { describe, expect, test } from 'vitest';
import { MemoryManager, type BlockData, type ViewConstructor } from '../../src/index.ts';
import { snapshotOf } from '../support/misuse.ts';
import { USED_HEAPS, usedHeap } from '../support/used-heap.ts';

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test.each([undefined, null, 5, 'bytes', true, {}, { length: -1 }, { length: 1.5 }, { length: '2' }, () => 1])(
    'data that is %o is a TypeError, and nothing is written',
    (data) => {
      using used = usedHeap({ slabs });
      const { heap, first } = used;
      const before = snapshotOf(heap);
      expect(() => heap.write(first, data as unknown as BlockData)).toThrow(TypeError);
      heap.check();
      expect(snapshotOf(heap)).toEqual(before);
    },
  );

  test('numbers that cannot become bytes are a TypeError before the first byte is written', () => {
    using used = usedHeap({ slabs });
    const { heap, first } = used;
    const before = snapshotOf(heap);
    for (const bad of [1n, Symbol('byte')]) {
      const data = [1, 2, 3, bad] as number[];
      expect(() => heap.write(first, data)).toThrow(TypeError);
      expect(snapshotOf(heap)).toEqual(before);
    }
  });

  test('a class that is no typed array is a TypeError', () => {
    using used = usedHeap({ slabs });
    const { heap, first } = used;
    for (const Type of [undefined, null, 'Uint8Array', DataView, Array, MemoryManager, {}]) {
      const view = () => heap.view(Type as ViewConstructor<'Uint8Array'>, first, 1);
      expect(view).toThrow(TypeError);
      expect(view).toThrow(/^view needs the class of a typed array, got .+$/u);
    }
    heap.check();
  });

  test('every kind of data is written byte by byte', () => {
    using used = usedHeap({ slabs });
    const { heap, first } = used;
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const shared = new SharedArrayBuffer(8);
    new Uint8Array(shared).set(bytes);
    const kinds: BlockData[] = [
      bytes,
      new Uint8Array(Uint8Array.of(9, ...bytes).buffer, 1),
      new Float64Array(bytes.buffer),
      new DataView(bytes.buffer),
      bytes.buffer,
      shared,
      new Uint8Array(shared),
      [...bytes],
      [257, 258, 259, 260, 261, 262, 263, -248],
      Object.assign({ length: 8 }, [...bytes]),
      Buffer.from(bytes),
    ];
    for (const data of kinds) {
      heap.write(first, new Uint8Array(8));
      heap.write(first, data);
      expect([...heap.read(first, 8)]).toEqual([...bytes]);
    }
    heap.check();
  });
});
