/** Structs beyond the end of the memory as a thread saw it before its heap grew, or across it. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  array,
  atomic,
  bytes,
  i32,
  ref,
  string,
  struct,
  structNameAt,
  u8,
  type DataHeap,
} from '../../../src/data/index.ts';
import { MemoryManager } from '../../../src/index.ts';

const COUNT = 2000;
const Wide = struct('Wide', {
  bytes: array(u8, COUNT),
  get next() {
    return ref(Wide);
  },
  last: atomic(i32),
  numbers: array(i32, COUNT),
});
const Texts = struct('Texts', { text: string, data: bytes });

let heap: MemoryManager;
/** The same memory as another thread has it: with views of its own. */
let other: DataHeap;
/** Where the memory ends before it grows. */
let end: number;

beforeEach(() => {
  heap = new MemoryManager(2 ** 16, { maxByteLength: 2 ** 22, slabs: false });
  end = heap.buffer.byteLength;
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(heap.buffer);
  const buffer = receiveMessageOnPort(port2)!.message as SharedArrayBuffer;
  port1.close();
  other = {
    buffer,
    allocate: (size) => heap.allocate(size),
    deallocate: (address) => heap.deallocate(address),
    sizeOf: (address) => heap.sizeOf(address),
  };
  expect(buffer === heap.buffer).toBe(false);
});

/** Leaves so many bytes at the end of the memory free, or a few less. */
function fillUpTo(bytesLeft: number): void {
  const rest = heap.stats().largestFreeRun - bytesLeft;
  expect(heap.allocate(rest)).not.toBeNull();
  expect(heap.buffer.byteLength).toBe(end);
}

/** Whether a block lies on both sides of the end of the memory as it was. */
const isAcross = (address: number, byteLength: number) => address < end && address + byteLength > end;

describe('what lies across the end of the memory as it was before it grew', () => {
  it.each(['at', 'moveTo', 'next', 'follow'])('is whole to a thread that comes to it by %s', (way) => {
    const first = Wide.allocate(heap, { last: 1 });
    const cursor = Wide.at(other, first.address);
    fillUpTo(Wide.byteLength / 2);
    const there = Wide.allocate(heap, { last: 5 });
    expect(isAcross(there.address, Wide.byteLength)).toBe(true);
    first.next = there;
    let seen: typeof cursor | null = cursor;
    if (way === 'at') seen = Wide.at(other, there.address);
    else if (way === 'moveTo') cursor.moveTo(there.address);
    else if (way === 'next') seen = cursor.next;
    else cursor.follow('next');
    there.numbers.set(COUNT - 1, 7);
    there.bytes.set(COUNT - 1, 8);
    expect([seen!.numbers.at(COUNT - 1), seen!.bytes.at(COUNT - 1), seen!.last.load()]).toEqual([7, 8, 5]);
    seen!.numbers.set(COUNT - 1, 9);
    seen!.bytes.set(COUNT - 1, 10);
    expect([there.numbers.at(COUNT - 1), there.bytes.at(COUNT - 1)]).toEqual([9, 10]);
  });

  it.each([
    ['a text', 'text', 'text '.repeat(2000)],
    ['bytes', 'data', new Uint8Array(10_000).fill(7)],
  ])('is whole where it is %s', (_what, field, value) => {
    const holder = Texts.allocate(heap);
    const seen = Texts.at(other, holder.address);
    fillUpTo(2 ** 12);
    Object.assign(holder, { [field]: value });
    const place = holder.address / 4 + (field === 'text' ? 1 : 3);
    expect(isAcross(new Uint32Array(heap.buffer)[place] * 16, 10_000)).toBe(true);
    expect(Reflect.get(seen, field)).toEqual(value);
  });
});

it('is named where another description lies beyond that end', () => {
  const texts = Texts.allocate(heap);
  Texts.at(other, texts.address);
  fillUpTo(0);
  const later = struct('Later', { text: string }).allocate(heap);
  expect(later.address).toBeGreaterThan(end);
  expect(structNameAt(other, texts.address)).toBe('Texts');
});
