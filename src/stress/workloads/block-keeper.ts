/**
 * Blocks as a workload handles them: one whole number each, which threads can pass to each other in one atomic store.
 *
 * The number is the block's granule (address / 16). Who the block is and how large stands in the block records: whoever
 * holds the number can verify, resize and free the block. Passing it on needs Atomics or the end of a thread, as for
 * any shared data. What every call is about is said in the ledger first, so that the thread may die anywhere.
 */
import type { MemoryManager } from '../../index.ts';
import { BlockRecords } from '../oracles/block-records.ts';
import { StopReason, type Control } from '../control/control.ts';
import type { Evidence } from '../oracles/evidence.ts';
import { Intent, Ledger } from '../oracles/ledger.ts';
import type { Meters } from '../measures/meters.ts';
import { GRANULE_BYTES } from '../oracles/shadow-map.ts';
import { NO_MEMORY, type Witness } from '../oracles/witness.ts';
import { NO_BLOCK, type Blocks } from './hands.ts';

/** Identities hold the stream's number plus one in so many bits; the rest counts its blocks. */
const STREAM_BITS = 9;
const STREAM_MASK = (1 << STREAM_BITS) - 1;

export class BlockKeeper implements Blocks {
  /** Blocks taken, resized and given back. */
  operations = 0;
  readonly #witness: Witness;
  readonly #control: Control;
  readonly #meters: Meters;
  readonly #records: BlockRecords;
  readonly #ledger: Ledger;
  readonly #stream: number;
  readonly #halfOfHeap: number;
  readonly #buffer: SharedArrayBuffer;
  #bytes: Uint8Array;
  #lastIdentity: number;
  /** Whether the heap had no memory at the last request. */
  #wasRefused = false;

  constructor(
    heap: MemoryManager,
    witness: Witness,
    control: Control,
    place: { readonly stream: number; readonly evidence: Evidence; readonly meters: Meters },
  ) {
    this.#witness = witness;
    this.#control = control;
    this.#meters = place.meters;
    this.#records = new BlockRecords(place.evidence.records);
    this.#ledger = new Ledger(place.evidence.ledger);
    this.#stream = place.stream;
    this.#halfOfHeap = heap.maxByteLength / 2;
    this.#buffer = heap.buffer;
    this.#bytes = new Uint8Array(heap.buffer, 0, heap.buffer.byteLength);
    witness.onMade = (address, size) => this.#ledger.made(place.stream, size, address / GRANULE_BYTES);
    this.#lastIdentity = this.#ledger.lastIdentityOf(place.stream) || place.stream + 1;
  }

  /** A block full of its pattern, or NO_BLOCK when something was wrong, which is then reported. */
  take(size: number, alignmentBits = 0): number {
    const block = this.tryTake(size, alignmentBits);
    if (block === NO_BLOCK && this.#wasRefused) this.#starve(size);
    return block;
  }

  /** Like `take` where the heap may be full: then NO_BLOCK. */
  tryTake(size: number, alignmentBits = 0): number {
    const identity = this.#begin(size);
    return this.#keep(this.#witness.allocate(identity, size, alignmentBits), identity, size);
  }

  /** Like `take`, but the block has to come full of zeros. */
  takeZeroed(size: number): number {
    const identity = this.#begin(size);
    const block = this.#keep(this.#witness.allocateZeroed(identity, size), identity, size);
    if (block === NO_BLOCK && this.#wasRefused) this.#starve(size);
    return block;
  }

  /** The block now, which may be another number; NO_BLOCK when something was wrong. */
  resize(block: number, size: number): number {
    this.#witness.log.operation = ++this.operations;
    const identity = this.#records.identityOf(block);
    const oldSize = this.#records.sizeOf(block);
    const address = block * GRANULE_BYTES;
    this.#witness.verify(identity, address, oldSize, 'before it was reallocated');
    this.#ledger.intend(this.#stream, Intent.REALLOCATE, identity, oldSize, block);
    this.#records.remove(block);
    const moved = this.#witness.move(identity, address, oldSize, size);
    if (moved !== NO_MEMORY) return this.#keep(moved, identity, size);
    this.#keep(address, identity, oldSize);
    this.#starve(size);
    return block;
  }

  giveBack(block: number): void {
    this.#witness.log.operation = ++this.operations;
    const identity = this.#records.identityOf(block);
    const size = this.#records.sizeOf(block);
    const address = block * GRANULE_BYTES;
    this.#witness.verify(identity, address, size, 'when it was freed');
    this.#ledger.intend(this.#stream, Intent.FREE, identity, size, block);
    this.#records.remove(block);
    this.#witness.giveBack(identity, address, size);
    this.#ledger.settle(this.#stream);
    if ((identity & STREAM_MASK) !== this.#stream + 1) this.#meters.addRemoteFree(this.#stream);
  }

  /**
   * Writes the block's first byte so many times and reads it back each time. What is written is what was there: the
   * thread may be terminated at any of the writes.
   */
  scratch(block: number, times: number): void {
    const address = block * GRANULE_BYTES;
    if (address >= this.#bytes.length) this.#bytes = new Uint8Array(this.#buffer, 0, this.#buffer.byteLength);
    const bytes = this.#bytes;
    const original = bytes[address];
    let wrong = 0;
    for (let i = 0; i < times; i++) {
      bytes[address] = original;
      if (bytes[address] !== original) wrong++;
    }
    const identity = this.#records.identityOf(block);
    if (wrong > 0) this.#witness.log.add('damage', `${wrong} of ${times} writes were lost`, identity, address, 1);
  }

  #begin(size: number): number {
    this.#witness.log.operation = ++this.operations;
    this.#lastIdentity = (this.#lastIdentity + (1 << STREAM_BITS)) | 0;
    this.#ledger.intend(this.#stream, Intent.ALLOCATE, this.#lastIdentity, size, NO_BLOCK);
    return this.#lastIdentity;
  }

  #keep(address: number, identity: number, size: number): number {
    const block = address > 0 ? address / GRANULE_BYTES : NO_BLOCK;
    if (block !== NO_BLOCK) this.#records.add(block, identity, size);
    this.#ledger.settle(this.#stream);
    this.#wasRefused = address === NO_MEMORY;
    return block;
  }

  /** Heaps are made so large that a workload never fills them by half. */
  #starve(size: number): void {
    const { liveBytes } = this.#control;
    if (liveBytes > this.#halfOfHeap) this.#control.stop(StopReason.STUCK);
    else this.#witness.log.add('starvation', `no memory though only ${liveBytes} bytes were live`, 0, 0, size);
  }
}
