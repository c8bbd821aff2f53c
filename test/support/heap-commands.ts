/**
 * Commands for fast-check: each makes one call on a real heap, compares what happened with the model, and verifies the
 * whole heap.
 */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { AllocatorErrorCode, MemoryManager } from '../../src/index.ts';
import { SLOT_STEP_BYTES as UNIT_BYTES } from '../../src/layout/regions.ts';
import type { HeapModel } from './heap-model.ts';
import { expectUsableSize } from './heap-options.ts';
import { errorOf } from './misuse.ts';
import { patternOf } from './pattern.ts';
import { pick, sizes, type Pick } from './property.ts';

type HeapCommand = fc.Command<HeapModel, MemoryManager>;

const hasBlocks = ({ live }: Readonly<HeapModel>) => live.size > 0;

class Allocate implements HeapCommand {
  readonly size: number;
  readonly alignment: number | undefined;
  readonly zeroed: boolean;

  constructor(size: number, alignment: number | undefined, zeroed: boolean) {
    this.size = size;
    this.alignment = alignment;
    this.zeroed = zeroed;
  }

  check = () => true;

  run(model: HeapModel, heap: MemoryManager): void {
    const { size, alignment = UNIT_BYTES, zeroed } = this;
    const address =
      this.alignment === undefined && !zeroed ? heap.allocate(size) : heap.allocate(size, { alignment, zeroed });
    model.allocated(address, size, alignment);
    if (address !== null) {
      expect(address % Math.max(alignment, UNIT_BYTES)).toBe(0);
      expect(model.live.has(address)).toBe(false);
      if (alignment <= UNIT_BYTES) expectUsableSize(model.setup, size, heap.sizeOf(address));
      else expect(heap.sizeOf(address)).toBeGreaterThanOrEqual(size);
      if (zeroed) expect(heap.read(address, heap.sizeOf(address)).every((byte) => byte === 0)).toBe(true);
      model.adopt(heap, address);
    }
    model.verify(heap);
  }

  toString = () => `allocate(${this.size}, { alignment: ${this.alignment}, zeroed: ${this.zeroed} })`;
}

/** Allocates blocks of one size as long as there is memory, so that slabs become full. */
class AllocateMany implements HeapCommand {
  readonly size: number;
  readonly count: number;

  constructor(size: number, count: number) {
    this.size = size;
    this.count = count;
  }

  check = () => true;

  run(model: HeapModel, heap: MemoryManager): void {
    for (let made = 0; made < this.count; made++) {
      const address = heap.allocate(this.size);
      model.allocated(address, this.size, UNIT_BYTES);
      if (address === null) break;
      expect(model.live.has(address)).toBe(false);
      model.adopt(heap, address);
    }
    model.verify(heap);
  }

  toString = () => `allocate(${this.size}) ${this.count} times`;
}

/** Frees one block in so many, so that slabs become empty or partly so. */
class DeallocateMany implements HeapCommand {
  readonly step: number;

  constructor(step: number) {
    this.step = step;
  }

  check = hasBlocks;

  run(model: HeapModel, heap: MemoryManager): void {
    const addresses = [...model.live.keys()].filter((_, index) => index % this.step === 0);
    for (const address of addresses) {
      heap.deallocate(address);
      model.freed(address);
    }
    model.verify(heap);
  }

  toString = () => `deallocate one in ${this.step}`;
}

class Deallocate implements HeapCommand {
  readonly block: Pick;

  constructor(block: Pick) {
    this.block = block;
  }

  check = hasBlocks;

  run(model: HeapModel, heap: MemoryManager): void {
    const address = model.pickLive(this.block);
    heap.deallocate(address);
    model.freed(address);
    model.verify(heap);
  }

  toString = () => `deallocate(#${this.block})`;
}

class Reallocate implements HeapCommand {
  readonly block: Pick;
  readonly size: number;

  constructor(block: Pick, size: number) {
    this.block = block;
    this.size = size;
  }

  check = hasBlocks;

  run(model: HeapModel, heap: MemoryManager): void {
    const address = model.pickLive(this.block);
    const content = model.live.get(address)!;
    const moved = heap.reallocate(address, this.size);
    model.reallocated(address, moved, this.size);
    if (moved !== null) {
      const size = heap.sizeOf(moved);
      // A slot is kept while it is not twice too large, and when there is no memory for a smaller one.
      if (moved !== address || model.naive !== undefined) expectUsableSize(model.setup, this.size, size);
      else expect(size).toBeGreaterThanOrEqual(this.size);
      const kept = content.subarray(0, Math.min(model.naive === undefined ? this.size : size, content.length));
      expect(Buffer.compare(heap.read(moved, kept.length), kept)).toBe(0);
      model.live.delete(address);
      model.adopt(heap, moved, kept);
    }
    model.verify(heap);
  }

  toString = () => `reallocate(#${this.block}, ${this.size})`;
}

/** Reads, writes or views a part of a block, wherever in it. */
class Access implements HeapCommand {
  readonly block: Pick;
  readonly from: Pick;
  readonly length: Pick;

  constructor(block: Pick, from: Pick, length: Pick) {
    this.block = block;
    this.from = from;
    this.length = length;
  }

  check = hasBlocks;

  run(model: HeapModel, heap: MemoryManager): void {
    const address = model.pickLive(this.block);
    const content = model.live.get(address)!;
    const from = this.from % content.length;
    const length = this.length % (content.length - from + 1);
    this.#read(heap, address, content, from, length);
    this.#write(heap, address, content, from, length);
    this.#view(heap, address, content, from);
    model.verify(heap);
  }

  #read(heap: MemoryManager, address: number, content: Uint8Array, from: number, length: number): void {
    const bytes = heap.read(address + from, length);
    expect(Buffer.compare(bytes, content.subarray(from, from + length))).toBe(0);
    bytes.fill(0); // a private copy: this changes nothing
  }

  #write(heap: MemoryManager, address: number, content: Uint8Array, from: number, length: number): void {
    const data = patternOf(this.block + this.from, length);
    heap.write(address + from, this.length % 2 === 0 ? data : [...data], length);
    content.set(data, from);
  }

  #view(heap: MemoryManager, address: number, content: Uint8Array, from: number): void {
    const start = from - (from % 8);
    const view = heap.view(Float64Array, address + start, (content.length - start) / 8);
    expect(view.buffer).toBe(heap.buffer);
    expect(Buffer.compare(Buffer.from(view.slice().buffer), content.subarray(start))).toBe(0);
    view[0] = this.length;
    new DataView(content.buffer).setFloat64(start, this.length, true);
  }

  toString = () => `access(#${this.block}, from ${this.from}, ${this.length} bytes)`;
}

/** A call that must fail and change nothing. */
class Misuse implements HeapCommand {
  readonly kind: keyof typeof MISUSES;
  readonly block: Pick;

  constructor(kind: keyof typeof MISUSES, block: Pick) {
    this.kind = kind;
    this.block = block;
  }

  check = hasBlocks;

  run(model: HeapModel, heap: MemoryManager): void {
    const address = model.pickLive(this.block);
    const { code, act } = MISUSES[this.kind];
    const call = act(heap, address, model.live.get(address)!.length);
    if (call === undefined) return;
    expect(errorOf(call).code).toBe(code);
    model.verify(heap);
  }

  toString = () => `misuse(${this.kind}, #${this.block})`;
}

type MisuseAct = (heap: MemoryManager, address: number, size: number) => (() => unknown) | undefined;

const MISUSES = {
  'free inside a block': {
    code: 'INVALID_ADDRESS',
    act: (heap, address, size) => (size > UNIT_BYTES ? () => heap.deallocate(address + UNIT_BYTES) : undefined),
  },
  'free misaligned': { code: 'INVALID_ADDRESS', act: (heap, address) => () => heap.deallocate(address + 1) },
  'free free memory': {
    code: 'DOUBLE_FREE',
    act: (heap) => {
      const run = [...heap.freeRuns()].at(-1);
      return run && (() => heap.deallocate(run.address + run.size - UNIT_BYTES));
    },
  },
  'read past the block': { code: 'OUT_OF_BOUNDS', act: (heap, address, size) => () => heap.read(address, size + 1) },
  'write past the block': {
    code: 'OUT_OF_BOUNDS',
    act: (heap, address, size) => () => heap.write(address + 1, new Uint8Array(size)),
  },
  'resize to a bad size': { code: 'BAD_SIZE', act: (heap, address) => () => heap.reallocate(address, -1) },
} satisfies Record<string, { code: AllocatorErrorCode; act: MisuseAct }>;

const alignments = fc.option(
  fc.constantFrom(1, 2, 4, 8, 16, 32, 64, 256, 4096, 65_536),
  { nil: undefined, freq: 2 }, // one in two without
);

/** Sequences of commands on a heap of at most `maxByteLength` bytes. Allocations outnumber the rest. */
export function heapCommands(maxByteLength: number, inNumbers: boolean): fc.Arbitrary<Iterable<HeapCommand>> {
  const size = sizes(maxByteLength + 100);
  const allocate = fc.tuple(size, alignments, fc.boolean()).map((args) => new Allocate(...args));
  const misuse = fc
    .tuple(fc.constantFrom(...(Object.keys(MISUSES) as (keyof typeof MISUSES)[])), pick)
    .map((args) => new Misuse(...args));
  const many = fc.tuple(sizes(Math.min(maxByteLength, 2000)), fc.integer({ min: 2, max: 60 }));
  const commands: fc.Arbitrary<HeapCommand>[] = [
    allocate,
    allocate,
    pick.map((block) => new Deallocate(block)),
    fc.tuple(pick, size).map((args) => new Reallocate(...args)),
    fc.tuple(pick, pick, pick).map((args) => new Access(...args)),
    misuse,
  ];
  if (inNumbers) {
    commands.push(many.map((args) => new AllocateMany(...args)));
    commands.push(fc.integer({ min: 1, max: 4 }).map((step) => new DeallocateMany(step)));
  }
  return fc.commands(commands, { maxCommands: 60, size: 'max' });
}
