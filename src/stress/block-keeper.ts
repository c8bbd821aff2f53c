/**
 * Blocks as a workload handles them: one whole number each, which threads can pass to each other in one atomic store.
 *
 * The number is the block's granule (address / 16). Who owns the block and how large it is stands beside the heap, in
 * the shadow map and in an array of sizes of the same shape: whoever holds the number can verify and free the block.
 * Passing it on needs Atomics or the end of a thread, as for any shared data.
 */
import type { MemoryManager } from '../index.ts';
import { StopReason, type Control } from './control.ts';
import { GRANULE_BYTES, ShadowMap } from './shadow-map.ts';
import { LOST, NO_MEMORY, type Witness } from './witness.ts';

/** In place of a block. */
export const NO_BLOCK = 0;

/** Identities hold the stream's number plus one in so many bits; the rest counts its blocks. */
const STREAM_BITS = 9;

export class BlockKeeper {
  /** Blocks taken and given back. */
  operations = 0;
  readonly #witness: Witness;
  readonly #control: Control;
  readonly #shadow: ShadowMap;
  readonly #sizes: Int32Array;
  readonly #halfOfHeap: number;
  readonly #buffer: SharedArrayBuffer;
  #bytes: Uint8Array;
  #nextIdentity: number;

  constructor(
    heap: MemoryManager,
    witness: Witness,
    control: Control,
    place: { readonly stream: number; readonly shadow: SharedArrayBuffer; readonly sizes: SharedArrayBuffer },
  ) {
    this.#witness = witness;
    this.#control = control;
    this.#shadow = new ShadowMap(place.shadow);
    this.#sizes = new Int32Array(place.sizes);
    this.#halfOfHeap = heap.maxByteLength / 2;
    this.#buffer = heap.buffer;
    this.#bytes = new Uint8Array(heap.buffer, 0, heap.buffer.byteLength);
    this.#nextIdentity = place.stream + 1;
  }

  /** A block full of its pattern, or NO_BLOCK when something was wrong, which is then reported. */
  take(size: number): number {
    const identity = this.#begin();
    return this.#keep(this.#witness.allocate(identity, size, 0), size);
  }

  /** Like `take`, but the block has to come full of zeros. */
  takeZeroed(size: number): number {
    const identity = this.#begin();
    return this.#keep(this.#witness.allocateZeroed(identity, size), size);
  }

  giveBack(block: number): void {
    this.#witness.log.operation = ++this.operations;
    this.#witness.free(this.#shadow.ownerOf(block), block * GRANULE_BYTES, this.#sizes[block]);
  }

  /** Writes the block's first byte so many times, reads it back each time, and leaves it as it was. */
  scratch(block: number, times: number): void {
    const address = block * GRANULE_BYTES;
    if (address >= this.#bytes.length) this.#bytes = new Uint8Array(this.#buffer, 0, this.#buffer.byteLength);
    const bytes = this.#bytes;
    const original = bytes[address];
    let wrong = 0;
    for (let i = 0; i < times; i++) {
      bytes[address] = i;
      if (bytes[address] !== (i & 0xff)) wrong++;
    }
    bytes[address] = original;
    const identity = this.#shadow.ownerOf(block);
    if (wrong > 0) this.#witness.log.add('damage', `${wrong} of ${times} writes were lost`, identity, address, 1);
  }

  #begin(): number {
    this.#witness.log.operation = ++this.operations;
    this.#nextIdentity = (this.#nextIdentity + (1 << STREAM_BITS)) | 0;
    return this.#nextIdentity;
  }

  #keep(address: number, size: number): number {
    if (address === LOST) return NO_BLOCK;
    if (address === NO_MEMORY) return this.#starve(size);
    const block = address / GRANULE_BYTES;
    this.#sizes[block] = size;
    return block;
  }

  /** Heaps are made so large that a workload never fills them by half. */
  #starve(size: number): number {
    const { liveBytes } = this.#control;
    if (liveBytes > this.#halfOfHeap) this.#control.stop(StopReason.STUCK);
    else this.#witness.log.add('starvation', `no memory though only ${liveBytes} bytes were live`, 0, 0, size);
    return NO_BLOCK;
  }
}
