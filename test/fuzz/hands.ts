/**
 * Blocks in the hands of one thread: taking, filling, verifying, giving back. Whoever has a block in hand is its only
 * user. What is found wrong is thrown, and ends the fuzz.
 */
import { AllocatorError, MemoryManager } from '../../src/index.ts';
import { INTACT, Pattern } from '../../src/stress/oracles/pattern.ts';
import { GRANULE_BYTES, ShadowMap } from '../../src/stress/oracles/shadow-map.ts';
import { Tally, UNRULY, type Shared } from './round.ts';

export class Violation extends Error {
  override readonly name = 'Violation';
}

export class Hands {
  readonly #shared: Shared;
  readonly #shadow: ShadowMap;
  readonly #pattern: Pattern;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#shadow = new ShadowMap(shared.shadow);
    this.#pattern = new Pattern(shared.handle.buffer, shared.settings.seed);
  }

  /** Counts an event. */
  count(tally: number): void {
    Atomics.add(this.#shared.tallies, tally, 1);
  }

  /** Makes a block, just allocated, this thread's: nobody else may cover any of its bytes. */
  claim(heap: MemoryManager, address: number | null, asked: number, zeroed = false): number | null {
    if (address === null) this.count(Tally.FULL);
    if (address === null) return null;
    const size = heap.sizeOf(address);
    if (size < asked) throw new Violation(`block ${address} has ${size} bytes, asked were ${asked}`);
    if (zeroed) this.#requireIntact(this.#pattern.firstNonZero(address, size), address, 'zeroed');
    const identity = Atomics.add(this.#shared.tallies, Tally.IDENTITY, 1) + 1;
    this.#own(identity, address, size);
    this.#pattern.fill(identity, address, 0, size);
    return address;
  }

  #own(identity: number, address: number, size: number): void {
    const other = this.#shadow.claim(identity, address, size);
    if (other !== 0)
      throw new Violation(`block ${address} of ${size} bytes, ${identity}, overlaps live block ${other}`);
    this.#shared.records[(2 * address) / GRANULE_BYTES] = identity;
    this.#shared.records[(2 * address) / GRANULE_BYTES + 1] = size;
  }

  identityOf(address: number): number {
    return this.#shared.records[(2 * address) / GRANULE_BYTES];
  }

  sizeOf(address: number): number {
    return this.#shared.records[(2 * address) / GRANULE_BYTES + 1];
  }

  verify(address: number, size: number = this.sizeOf(address), identity: number = this.identityOf(address)): void {
    this.#requireIntact(this.#pattern.firstDamage(identity, address, size), address, `of ${size}, ${identity}`);
  }

  #requireIntact(damage: number, address: number, what: string): void {
    if (damage === INTACT) return;
    const found = new Uint8Array(this.#shared.handle.buffer, address + damage, 24).join(' ');
    throw new Violation(`block ${address}, ${what}: from byte ${damage} on it is ${found}`);
  }

  /** Fills the block with its pattern again. */
  refill(address: number): void {
    this.#pattern.fill(this.identityOf(address), address, 0, this.sizeOf(address));
  }

  /** Verifies and frees; `free` runs the heap's call, maybe near the end of the stack. */
  giveBack(
    heap: MemoryManager,
    address: number,
    free: (heap: MemoryManager, address: number) => void = freeBlock,
  ): void {
    this.verify(address);
    if (heap.sizeOf(address) !== this.sizeOf(address)) throw new Violation(`block ${address} has another size`);
    this.#shadow.release(address);
    free(heap, address);
  }

  /** Returns where the block is now. */
  resize(heap: MemoryManager, address: number, size: number): number {
    const [identity, oldSize] = [this.identityOf(address), this.sizeOf(address)];
    this.verify(address);
    this.#shadow.release(address);
    let there: number | null = null;
    try {
      there = heap.reallocate(address, size);
    } catch (error) {
      if (!isOfFit(error)) throw error;
    }
    if (there === null) this.count(Tally.FULL);
    const here = there ?? address;
    const newSize = heap.sizeOf(here);
    if (there !== null && newSize < size)
      throw new Violation(`block ${here} was to have ${size} bytes, has ${newSize}`);
    if (there === null && newSize !== oldSize) throw new Violation(`block ${here} changed its size in vain`);
    this.#own(identity, here, newSize);
    this.verify(here, Math.min(oldSize, there === null ? newSize : size), identity);
    this.#pattern.fill(identity, here, 0, newSize);
    return here;
  }

  /** Puts the block into a place, and gives back the one that was there. */
  put(heap: MemoryManager, address: number, place: number): void {
    const before = Atomics.exchange(this.#shared.places, place, address / GRANULE_BYTES);
    if (before !== 0) this.giveBack(heap, before * GRANULE_BYTES);
  }

  /** The block in a place, or null. */
  pull(place: number): number | null {
    const granule = Atomics.exchange(this.#shared.places, place, 0);
    return granule === 0 ? null : granule * GRANULE_BYTES;
  }

  /** Forgets who covered the block. */
  disown(address: number): void {
    this.#shadow.release(address);
  }
}

function freeBlock(heap: MemoryManager, address: number): void {
  heap.deallocate(address);
}

/** Errors that the fit `unruly` brings about. */
export function isOfFit(error: unknown): boolean {
  if (error instanceof AllocatorError) return error.code === 'BAD_OPTION' && error.message.includes('unruly');
  return error instanceof Error && error.message === UNRULY;
}
