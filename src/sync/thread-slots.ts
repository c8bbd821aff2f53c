/**
 * Who is attached: one slot of 64 bytes per thread, claimed by one 64-bit compare-exchange.
 *
 *   claim word   63        44 43                         0
 *                ├ generation ┼ identity; 0 = free slot ┤
 *   owner word   31  30        11 10       1 0
 *                ├ 0 ┼ generation ┼ slot + 1 ┼ waiters ┤       in the lock, 0 = nobody
 *
 * A tenant that has left may linger: its slot stays claimed in its name until it comes back or is expelled.
 *
 * Invariant: an owner (slot, generation) is dead if its slot carries another generation, is free, or names a thread
 * that is gone. Claiming raises the generation, so an owner is never mistaken for the slot's next tenant.
 */
import { AllocatorError } from '../allocator-error.ts';
import type { Layout } from '../layout/layout.ts';
import { Guarded, Orphans, ThreadSlot } from '../layout/regions.ts';
import { BYTES_PER_WORD, byteOffsetOf } from '../layout/units.ts';
import { workerThreadId, type Liveness } from './liveness.ts';

/** Slot and generation of a thread as one Int32, with the lock's waiters bit clear. */
export type OwnerWord = number;

const SLOT_SHIFT = 1;
const SLOT_BITS = 10;
const GENERATION_SHIFT = SLOT_SHIFT + SLOT_BITS;
const GENERATION_BITS = 20;
const GENERATION_MASK = 2 ** GENERATION_BITS - 1;
const IDENTITY_BITS = 44n;
const IDENTITY_MASK = (1n << IDENTITY_BITS) - 1n;
const CLAIM_STRIDE = (ThreadSlot.WORDS * BYTES_PER_WORD) / 8;

/** Most threads that an owner word can tell apart. */
export const THREAD_LIMIT: number = 2 ** SLOT_BITS - 1;

/** Times that a buffer is looked at before it is taken for other memory. */
const PROBES = 3;

const identityOf = (claim: bigint) => Number(claim & IDENTITY_MASK);
const generationOf = (claim: bigint) => Number(claim >> IDENTITY_BITS);
const claimOf = (generation: number, identity: number) => (BigInt(generation) << IDENTITY_BITS) | BigInt(identity);
const ownerOf = (slot: number, generation: number) => (generation << GENERATION_SHIFT) | ((slot + 1) << SLOT_SHIFT);
const lingeringOf = (slot: number) => slot * ThreadSlot.WORDS + ThreadSlot.LINGERING;
const slotOfOwner = (owner: OwnerWord) => ((owner >>> SLOT_SHIFT) & (2 ** SLOT_BITS - 1)) - 1;
const generationOfOwner = (owner: OwnerWord) => (owner >>> GENERATION_SHIFT) & GENERATION_MASK;

/** The slots of all threads attached to one heap. */
export class ThreadSlots {
  readonly #claims: BigUint64Array;
  readonly #words: Int32Array;
  readonly #metadata: Int32Array;
  readonly #count: number;
  readonly #liveness: Liveness;

  constructor(layout: Layout, liveness: Liveness) {
    const region = layout.regions.threadSlots;
    this.#claims = new BigUint64Array(layout.buffer, byteOffsetOf(region.start), layout.maxThreads * CLAIM_STRIDE);
    this.#words = layout.viewOf(region);
    this.#metadata = layout.words;
    this.#count = layout.maxThreads;
    this.#liveness = liveness;
  }

  /**
   * Claims a slot for the calling thread: a free one, else one whose thread is dead, else one whose tenant lingers.
   *
   * @throws AllocatorError `TOO_MANY_THREADS`
   */
  claim(identity: number = this.#liveness.self()): OwnerWord {
    const owner = this.#claimWhere(identity, false) ?? this.#claimWhere(identity, true);
    if (owner !== undefined) return owner;
    for (let slot = 0; slot < this.#count; slot++) {
      const freed = this.#expel(slot) ? this.#claimWhere(identity, false) : undefined;
      if (freed !== undefined) return freed;
    }
    throw new AllocatorError(
      'TOO_MANY_THREADS',
      `all ${this.#count} thread slots of this heap are taken by live threads; raise maxThreads or detach some`,
    );
  }

  #claimWhere(identity: number, fromDead: boolean): OwnerWord | undefined {
    for (let slot = 0; slot < this.#count; slot++) {
      const claim = Atomics.load(this.#claims, slot * CLAIM_STRIDE);
      if (identityOf(claim) !== 0 && !(fromDead && !this.#liveness.isAlive(identityOf(claim)))) continue;
      const generation = (generationOf(claim) + 1) & GENERATION_MASK;
      const mine = claimOf(generation, identity);
      if (fromDead) this.#noteOrphans();
      if (Atomics.compareExchange(this.#claims, slot * CLAIM_STRIDE, claim, mine) !== claim) continue;
      Atomics.store(this.#words, slot * ThreadSlot.WORDS + ThreadSlot.WORKER_ID, (workerThreadId() ?? -1) + 1);
      return ownerOf(slot, generation);
    }
    return undefined;
  }

  /** Frees the slot of `owner`, unless it has another tenant by now. What the owner had is an orphan's from then on. */
  release(owner: OwnerWord): void {
    const index = slotOfOwner(owner) * CLAIM_STRIDE;
    const claim = Atomics.load(this.#claims, index);
    if (generationOf(claim) !== generationOfOwner(owner)) return;
    this.#noteOrphans(); // the owner may die after the next line
    Atomics.compareExchange(this.#claims, index, claim, claimOf(generationOf(claim), 0));
    this.#noteOrphans(); // somebody may have looked in vain before it
  }

  /**
   * Frees the slots of all threads that are certainly gone. Returns how many there were. Orphans are noted before the
   * slot says that there may be none, lest they be forgotten by a death in between.
   */
  releaseDead(): number {
    let released = 0;
    for (let slot = 0; slot < this.#count; slot++) {
      const claim = Atomics.load(this.#claims, slot * CLAIM_STRIDE);
      if (identityOf(claim) === 0 || this.#liveness.isAlive(identityOf(claim))) continue;
      const free = claimOf(generationOf(claim), 0);
      this.#noteOrphans();
      if (Atomics.compareExchange(this.#claims, slot * CLAIM_STRIDE, claim, free) === claim) released++;
    }
    return released;
  }

  /**
   * Says that `owner` has left, and may come back. Until then whoever needs its slot, or what else it has, expels it:
   * that is decided by one compare-exchange, so either it comes back or it is expelled.
   */
  linger(owner: OwnerWord): void {
    Atomics.store(this.#words, lingeringOf(slotOfOwner(owner)), owner);
  }

  /**
   * Whether `buffer`, which has the header of this heap, is the same memory rather than a copy: what is written here can
   * be read there. A former tenant may write to the word at the same time, but not each time.
   */
  isSameMemory(buffer: SharedArrayBuffer, owner: OwnerWord): boolean {
    const word = slotOfOwner(owner) * ThreadSlot.WORDS + ThreadSlot.PROBE;
    const byteOffset = this.#words.byteOffset + word * BYTES_PER_WORD;
    if (buffer.byteLength < byteOffset + BYTES_PER_WORD) return false;
    const there = new Int32Array(buffer, byteOffset, 1);
    for (let attempt = 0; attempt < PROBES; attempt++) {
      const value = Atomics.load(there, 0) + 1;
      Atomics.store(this.#words, word, value);
      if (Atomics.load(there, 0) === (value | 0)) return true;
    }
    return false;
  }

  /** Comes back; false if it was expelled. Then nothing that it had is its own any more. */
  resume(owner: OwnerWord): boolean {
    return Atomics.compareExchange(this.#words, lingeringOf(slotOfOwner(owner)), owner, 0) === owner;
  }

  /** Expels all who linger. */
  expelLingering(): void {
    for (let slot = 0; slot < this.#count; slot++) this.#expel(slot);
  }

  /** Frees a slot whose tenant lingers, or is being expelled by a thread that may have died over it. */
  #expel(slot: number): boolean {
    const seen = Atomics.load(this.#words, lingeringOf(slot));
    if (seen === 0) return false;
    const owner = Math.abs(seen);
    if (seen > 0 && Atomics.compareExchange(this.#words, lingeringOf(slot), owner, -owner) !== owner) return false;
    this.release(owner);
    Atomics.compareExchange(this.#words, lingeringOf(slot), -owner, 0);
    return true;
  }

  /** Says that there may be things whose owner is gone; whoever looks after them says that they are not any more. */
  #noteOrphans(): void {
    Atomics.store(this.#metadata, Guarded.ORPHANS, Orphans.NOTED);
  }

  /** Tells the platform that a worker has ended, and frees the slots of all that are gone. Returns how many. */
  noteExit(workerId: number): number {
    this.#liveness.noteExit?.(workerId);
    return this.releaseDead();
  }

  /** Whether the thread that wrote `owner` is certainly gone or has left. The waiters bit is ignored. */
  isDead(owner: OwnerWord): boolean {
    const claim = Atomics.load(this.#claims, slotOfOwner(owner) * CLAIM_STRIDE);
    if (generationOf(claim) !== generationOfOwner(owner) || identityOf(claim) === 0) return true;
    return !this.#liveness.isAlive(identityOf(claim));
  }

  /** Number of threads that are here, undetected dead included; those who linger are not. */
  claimedCount(): number {
    let count = 0;
    for (let slot = 0; slot < this.#count; slot++) {
      const claim = Atomics.load(this.#claims, slot * CLAIM_STRIDE);
      const lingering = Atomics.load(this.#words, lingeringOf(slot));
      if (identityOf(claim) !== 0 && Math.abs(lingering) !== ownerOf(slot, generationOf(claim))) count++;
    }
    return count;
  }

  /** The thread behind `owner`, for messages. */
  describe(owner: OwnerWord): string {
    const slot = slotOfOwner(owner);
    const workerId = Atomics.load(this.#words, slot * ThreadSlot.WORDS + ThreadSlot.WORKER_ID);
    const thread = workerId === 0 ? 'a thread' : workerId === 1 ? 'the main thread' : `worker ${workerId - 1}`;
    return `${thread} (thread slot ${slot}, generation ${generationOfOwner(owner)})`;
  }
}
