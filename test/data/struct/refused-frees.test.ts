/** What becomes of a struct and its blocks when the heap refuses to take one back. */
import { expect, it } from 'vitest';
import { AllocatorError, MemoryManager } from '../../../src/index.ts';
import { array, bytes, i32, nested, string, struct, type DataHeap } from '../../../src/data/index.ts';

const Part = struct('Part', { text: string });
const Owner = struct('Owner', { id: i32, text: string, data: bytes, list: array(string, 2), part: nested(Part) });
const GIVEN = { id: 1, text: 'a text', data: new Uint8Array([1, 2]), list: ['one', 'two'], part: { text: 'part' } };
/** Blocks of an owner: its own, and one for each text and bytes. */
const BLOCKS = 6;

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const liveBlocks = (heap: MemoryManager) => Array.from(heap.blocks()).length;

/** A heap whose frees fail from one on, as many as are to. */
function refusing(heap: MemoryManager, errorCode: 'DETACHED' | 'WRITE_AFTER_FREE') {
  let [passing, failing] = [Infinity, 0];
  const refuser: DataHeap = {
    buffer: heap.buffer,
    allocate: (size) => heap.allocate(size),
    sizeOf: (address) => heap.sizeOf(address),
    deallocate(address) {
      if (--passing < 0 && --failing >= 0) throw new AllocatorError(errorCode, 'refused');
      heap.deallocate(address);
    },
  };
  return {
    refuser,
    refuse: (after: number, count: number): void => {
      [passing, failing] = [after, count];
    },
  };
}

it.each([0, 1, 2, 3, 4, 5])('a free of which call %i is refused frees all or nothing', (after) => {
  const heap = new MemoryManager(2 ** 20);
  const { refuser, refuse } = refusing(heap, 'DETACHED');
  Owner.free(Owner.allocate(refuser));
  const before = liveBlocks(heap);
  const owner = Owner.allocate(refuser, GIVEN);
  const shown = JSON.stringify(owner);
  expect(liveBlocks(heap)).toBe(before + BLOCKS);
  refuse(after, BLOCKS - after);
  expect(() => Owner.free(owner)).toThrow(code('DETACHED'));
  if (after === 0) {
    refuse(0, 0);
    expect(JSON.stringify(owner)).toBe(shown);
    expect(liveBlocks(heap)).toBe(before + BLOCKS);
    Owner.free(owner);
  } else {
    expect(() => Owner.free(owner)).toThrow(code('TYPE_MISMATCH'));
    expect(liveBlocks(heap)).toBe(before + BLOCKS - after);
    refuse(0, 0);
    Owner.free(Owner.allocate(refuser, { text: 'another' }));
  }
  expect(liveBlocks(heap)).toBe(before);
  heap.check();
});

it('a text that is set while the old one cannot be freed is there, and the old one goes with the next', () => {
  const heap = new MemoryManager(2 ** 20);
  const { refuser, refuse } = refusing(heap, 'WRITE_AFTER_FREE');
  const owner = Owner.allocate(refuser, { text: 'old' });
  const before = liveBlocks(heap);
  refuse(0, 1);
  expect(() => (owner.text = 'new')).toThrow(code('WRITE_AFTER_FREE'));
  expect(owner.text).toBe('new');
  expect(liveBlocks(heap)).toBe(before + 1);
  owner.text = 'newer';
  expect(liveBlocks(heap)).toBe(before);
  heap.check();
});

it('a struct whose first values are refused says so, though its blocks cannot be freed yet', () => {
  const heap = new MemoryManager(2 ** 20);
  const { refuser, refuse } = refusing(heap, 'WRITE_AFTER_FREE');
  Owner.free(Owner.allocate(refuser));
  const before = liveBlocks(heap);
  refuse(0, 2);
  expect(() => Owner.allocate(refuser, { text: 'x', data: 5 as never })).toThrow('Owner.data: 5 is not a Uint8Array');
  Part.free(Part.allocate(refuser, { text: 'x' }));
  expect(liveBlocks(heap)).toBe(before);
  heap.check();
});

it('a struct outlives a free that finds out what was written to another block', () => {
  const heap = new MemoryManager(2 ** 20, { debug: { quarantine: 1 } });
  const owner = Owner.allocate(heap, GIVEN);
  const shown = JSON.stringify(owner);
  const other = heap.allocate(64)!;
  heap.deallocate(other);
  new Uint8Array(heap.buffer)[other] = 1;
  expect(() => Owner.free(owner)).toThrow(code('WRITE_AFTER_FREE'));
  expect(JSON.stringify(owner)).toBe(shown);
  Owner.free(owner);
  expect(() => Owner.free(owner)).toThrow(code('TYPE_MISMATCH'));
  heap.check();
});
