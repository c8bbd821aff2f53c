import { describe, expect, it } from 'vitest';
import { AllocatorError, MemoryManager } from '../../../src/index.ts';
import { Control } from '../../../src/stress/control/control.ts';
import { createHistograms } from '../../../src/stress/measures/latency.ts';
import { createEvidence } from '../../../src/stress/oracles/evidence.ts';
import { ORACLES } from '../../../src/stress/results/oracles.ts';
import { LOST, NO_MEMORY, Witness } from '../../../src/stress/oracles/witness.ts';

/** A heap that can be made to go wrong in one call. */
class FaultyHeap extends MemoryManager {
  /** What the next calls of `allocate` or `reallocate` return or throw in place of what is right. */
  readonly wrongResults: (number | Error)[] = [];
  /** Whether blocks come as they are, whatever was asked for; whether there is never any memory. */
  ignoresZeroed = false;
  isStingy = false;
  /** What `sizeOf` falls short by. */
  missingBytes = 0;

  override allocate(size: number, options?: { alignment?: number; zeroed?: boolean }): number | null {
    if (this.isStingy) return null;
    const { zeroed = false, ...others } = options ?? {};
    return this.#wrong() ?? super.allocate(size, { ...others, zeroed: zeroed && !this.ignoresZeroed });
  }

  override sizeOf(address: number): number {
    return super.sizeOf(address) - this.missingBytes;
  }

  override reallocate(address: number, size: number): number | null {
    return this.#wrong() ?? super.reallocate(address, size);
  }

  #wrong(): number | undefined {
    const wrong = this.wrongResults.shift();
    if (wrong instanceof Error) throw wrong;
    return wrong;
  }
}

function setUp(blockSize = 65_536): { heap: FaultyHeap; bytes: Uint8Array; control: Control; witness: Witness } {
  const heap = new FaultyHeap(blockSize);
  const control = Control.create(1);
  const evidence = createEvidence(heap.buffer.byteLength, 4);
  const histograms = createHistograms();
  const witness = new Witness({
    heap,
    control,
    evidence,
    histograms,
    oracles: ORACLES,
    stream: 3,
    seed: 9,
    phase: 0,
  });
  return { heap, bytes: new Uint8Array(heap.buffer), control, witness };
}

describe('a witness', () => {
  it('has nothing to say about a sound heap', () => {
    const { heap, witness, control } = setUp();
    const addresses = [0, 1, 15, 16, 17, 500].map((size, i) => witness.allocate(i + 1, size, i));
    const moved = witness.reallocate(6, addresses[5], 500, 3000);
    const shrunk = witness.reallocate(6, moved, 3000, 20);
    [0, 1, 15, 16, 17].forEach((size, i) => witness.free(i + 1, addresses[i], size));
    witness.free(6, shrunk, 20);
    witness.publishLive();
    expect(witness.log.first).toEqual([]);
    expect(control.liveBytes).toBe(0);
    expect([...heap.blocks()]).toEqual([]);
  });

  it('sees a block over another live block, and does not touch it', () => {
    const { heap, witness } = setUp();
    const victim = witness.allocate(1, 100, 0);
    heap.wrongResults.push(victim + 96);
    expect(witness.allocate(2, 50, 0)).toBe(LOST);
    expect(witness.log.first).toEqual([
      {
        kind: 'overlap',
        detail: 'the memory belongs to block 1',
        object: 2,
        address: victim + 96,
        size: 50,
        thread: 3,
        operation: 0,
      },
    ]);
    witness.free(1, victim, 100);
    expect(witness.log.first).toHaveLength(1);
  });

  it('sees that a block was moved over another one', () => {
    const { heap, witness } = setUp();
    const victim = witness.allocate(1, 100, 0);
    const block = witness.allocate(2, 100, 0);
    heap.wrongResults.push(victim);
    expect(witness.reallocate(2, block, 100, 100)).toBe(LOST);
    expect(witness.log.first[0]).toMatchObject({ kind: 'overlap', object: 2, address: victim });
  });

  it('sees a byte that a stranger wrote, when the block is freed and when it is reallocated', () => {
    const { bytes, witness } = setUp();
    const first = witness.allocate(1, 101, 0);
    const second = witness.allocate(2, 200, 0);
    bytes[first + 100] ^= 255;
    bytes[second + 8] ^= 1;
    witness.log.operation = 77;
    witness.free(1, first, 101);
    witness.reallocate(2, second, 200, 100);
    expect(witness.log.first).toMatchObject([
      { kind: 'damage', detail: 'byte 100 of the block was wrong when it was freed', object: 1, operation: 77 },
      { kind: 'damage', detail: 'byte 8 of the block was wrong before it was reallocated', object: 2 },
      { kind: 'damage', detail: 'byte 8 of the block was wrong after it was reallocated', object: 2 },
    ]);
  });

  it('sees contents that did not come along when a block moved', () => {
    const { heap, witness } = setUp();
    const block = witness.allocate(1, 100, 0);
    heap.wrongResults.push(heap.allocate(100)!);
    witness.reallocate(1, block, 100, 100);
    expect(witness.log.first).toMatchObject([{ kind: 'damage', object: 1 }]);
  });

  it.each([
    ['zero', 0],
    ['misaligned', 65_544],
    ['outside', 1_000_000_000],
  ])('sees an address that is %s', (_, address) => {
    const { heap, witness } = setUp();
    heap.wrongResults.push(address);
    expect(witness.allocate(1, 8, 0)).toBe(LOST);
    expect(witness.log.first).toMatchObject([{ kind: 'bad address', address, size: 8 }]);
  });

  it('sees an alignment that was not kept', () => {
    const { heap, witness } = setUp();
    heap.wrongResults.push(65_536 + 16);
    expect(witness.allocate(1, 8, 6)).toBe(LOST);
    expect(witness.log.first).toMatchObject([{ kind: 'bad address', detail: 'not a multiple of 64' }]);
  });

  it('takes every error of the heap for a violation', () => {
    const { heap, witness, control } = setUp();
    const block = witness.allocate(1, 8, 0);
    heap.wrongResults.push(new AllocatorError('LOCK_TIMEOUT', 'too long'), new RangeError('too deep'));
    expect(witness.allocate(2, 8, 0)).toBe(LOST);
    expect(witness.reallocate(1, block, 8, 9)).toBe(LOST);
    witness.free(1, block + 16, 0);
    expect(witness.log.first).toMatchObject([
      { kind: 'error', detail: 'allocate threw LOCK_TIMEOUT: too long' },
      { kind: 'error', detail: 'reallocate threw RangeError: too deep' },
      { kind: 'error', detail: expect.stringMatching(/^deallocate threw DOUBLE_FREE: /) },
    ]);
    expect(control.violations).toBe(3);
  });

  it('leaves a block as it was when there is no memory for more', () => {
    const { witness } = setUp();
    const block = witness.allocate(1, 60_000, 0);
    expect(witness.allocate(2, 60_000, 0)).toBe(NO_MEMORY);
    expect(witness.reallocate(1, block, 60_000, 70_000)).toBe(NO_MEMORY);
    witness.free(1, block, 60_000);
    expect(witness.log.first).toEqual([]);
  });

  it('keeps the first violations and counts the rest', () => {
    const { heap, witness, control } = setUp();
    for (let i = 1; i <= 50; i++) {
      heap.wrongResults.push(0);
      witness.allocate(i, 8, 0);
    }
    expect(witness.log.first.map(({ object }) => object)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(control.violations).toBe(50);
  });

  it('sees a byte of a zeroed block that is not zero, wherever it lies', () => {
    const { heap, witness, bytes } = setUp();
    const block = witness.allocate(1, 30, 0);
    witness.free(1, block, 30);
    bytes.fill(0, block, block + 29);
    heap.ignoresZeroed = true;
    bytes[block + 29] = 7;
    witness.allocateZeroed(2, 30);
    expect(witness.log.first).toMatchObject([
      { kind: 'damage', detail: 'byte 29 of the block was not zeroed', object: 2 },
    ]);
  });

  it('asks for zeroed blocks by itself, now and then', () => {
    const { heap, witness } = setUp();
    heap.ignoresZeroed = true;
    for (let i = 1; i <= 40; i++) witness.free(i, witness.allocate(i, 64, 0), 64);
    expect(witness.log.first).toMatchObject([{ kind: 'damage' }, { kind: 'damage' }, { kind: 'damage' }]);
  });

  it('sees that there is no memory though there is room, and does not ask for ever', () => {
    const { heap, witness } = setUp();
    heap.isStingy = true;
    expect(witness.allocate(1, 64, 0)).toBe(NO_MEMORY);
    expect(witness.log.first).toEqual([]); // a heap of 64 KiB may be full of slabs
    const roomy = setUp(1 << 20);
    roomy.heap.isStingy = true;
    expect(roomy.witness.allocate(1, 64, 0)).toBe(NO_MEMORY);
    expect(roomy.witness.log.first).toMatchObject([{ kind: 'starvation', size: 64 }]);
  });

  it('sees a block of which the heap says that it is too small', () => {
    const { heap, witness } = setUp();
    heap.missingBytes = 50;
    for (let i = 1; i <= 70; i++) witness.allocate(i, 64, 0);
    expect(witness.log.first).toMatchObject([{ kind: 'error', detail: 'sizeOf says 14' }]);
  });
});
