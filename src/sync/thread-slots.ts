/**
 * Who is attached: one slot of 64 bytes per thread, claimed by one 64-bit compare-exchange.
 *
 *   claim word   63        44 43                         0
 *                ├ generation ┼ identity; 0 = free slot ┤
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
import { generationOfOwner, GENERATION_BITS, ownerWord, slotOfOwner, type OwnerWord } from './owner-word.ts';
import type { Owners } from './robust-lock.ts';
import { atomicsWaiting, type Waiting } from './waiting.ts';

const GENERATION_MASK = 2 ** GENERATION_BITS - 1;
const IDENTITY_BITS = 44n;
const IDENTITY_MASK = (1n << IDENTITY_BITS) - 1n;
const CLAIM_STRIDE = (ThreadSlot.WORDS * BYTES_PER_WORD) / 8;

/** Times that a buffer is looked at before it is taken for other memory. */
const PROBES = 3;

const lingeringOf = (slot: number) => slot * ThreadSlot.WORDS + ThreadSlot.LINGERING;
const identityOf = (claim: bigint) => Number(claim & IDENTITY_MASK);
const generationOf = (claim: bigint) => Number(claim >> IDENTITY_BITS);
const claimOf = (generation: number, identity: number) => (BigInt(generation) << IDENTITY_BITS) | BigInt(identity);

/** A thread that has a slot. */
export interface Tenant {
  readonly owner: OwnerWord;
  readonly identity: number;
  /** `threadId` of worker_threads, 0 = the main thread; undefined where it is not known. */
  readonly workerId: number | undefined;
  /** `false` only if the thread is certainly gone. */
  readonly isAlive: boolean;
}

/** The slots of all threads attached to one heap. */
export class ThreadSlots implements Owners {
  readonly #claims: BigUint64Array;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #metadata: Int32Array;
  readonly #count: number;
  readonly #liveness: Liveness;
  readonly #waiting: Waiting;
  /** Identity of the calling thread, from its claim on. */
  #self = 0;

  constructor(layout: Layout, liveness: Liveness, waiting: Waiting = atomicsWaiting) {
    const region = layout.regions.threadSlots;
    this.#claims = new BigUint64Array(layout.buffer, byteOffsetOf(region.start), layout.maxThreads * CLAIM_STRIDE);
    this.#words = layout.viewOf(region);
    this.#metadata = layout.words;
    this.#count = layout.maxThreads;
    this.#liveness = liveness;
    this.#waiting = waiting;
  }

  /**
   * Claims a slot for the calling thread: a free one, else one whose thread is dead, else one whose tenant lingers.
   *
   * @throws AllocatorError `TOO_MANY_THREADS`
   */
  claim(identity: number = this.#liveness.self()): OwnerWord {
    this.#self = identity;
    const owner = this.#claimWhere(false) ?? this.#claimWhere(true);
    if (owner !== undefined) return owner;
    for (let slot = 0; slot < this.#count; slot++) {
      const freed = this.#expel(slot) ? this.#claimWhere(false) : undefined;
      if (freed !== undefined) return freed;
    }
    throw new AllocatorError(
      'TOO_MANY_THREADS',
      `all ${this.#count} thread slots of this heap are taken by live threads; raise maxThreads or detach some`,
    );
  }

  #claimWhere(fromDead: boolean): OwnerWord | undefined {
    for (let slot = 0; slot < this.#count; slot++) {
      const claim = Atomics.load(this.#claims, slot * CLAIM_STRIDE);
      if (identityOf(claim) !== 0 && !(fromDead && !this.#isAlive(identityOf(claim)))) continue;
      const generation = (generationOf(claim) + 1) & GENERATION_MASK;
      const mine = claimOf(generation, this.#self);
      if (fromDead) this.#noteOrphans();
      if (Atomics.compareExchange(this.#claims, slot * CLAIM_STRIDE, claim, mine) !== claim) continue;
      Atomics.store(this.#words, slot * ThreadSlot.WORDS + ThreadSlot.WORKER_ID, (workerThreadId() ?? -1) + 1);
      return ownerWord(slot, generation);
    }
    return undefined;
  }

  /** Only `false` is knowledge of a death. Nobody asks about himself, and a liveness that fails knows nothing. */
  #isAlive(identity: number): boolean {
    if (identity === this.#self) return true;
    try {
      const answer: unknown = this.#liveness.isAlive(identity);
      return answer !== false;
    } catch {
      return true;
    }
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
      if (identityOf(claim) === 0 || this.#isAlive(identityOf(claim))) continue;
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
    const owner = Math.abs(seen);
    if (slotOfOwner(owner) !== slot) return false; // nobody lingers here, or foreign hands wrote the word
    if (seen > 0 && Atomics.compareExchange(this.#words, lingeringOf(slot), owner, -owner) !== owner) return false;
    this.release(owner);
    Atomics.compareExchange(this.#words, lingeringOf(slot), -owner, 0);
    return true;
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

  /** Says that there may be things whose owner is gone; whoever looks after them says that they are not any more. */
  #noteOrphans(): void {
    Atomics.store(this.#metadata, Guarded.ORPHANS, Orphans.NOTED);
  }

  /** Tells the platform that a worker has ended, and frees the slots of all that are gone. Returns how many. */
  noteExit(workerId: number): number {
    this.#liveness.noteExit?.(workerId);
    return this.releaseDead();
  }

  /** What is wrong with the slots, as far as the thread with the owner word `own` can tell; for `check`. */
  complaint(own: OwnerWord): string | undefined {
    for (let slot = 0; slot < this.#count; slot++) {
      const claim = Atomics.load(this.#claims, slot * CLAIM_STRIDE);
      const workerId = Atomics.load(this.#words, slot * ThreadSlot.WORDS + ThreadSlot.WORKER_ID);
      if (identityOf(claim) !== 0 && workerId < 0) return `thread slot ${slot} is that of worker ${workerId - 1}`;
      const isOwn = slot === slotOfOwner(own);
      if (isOwn && Math.abs(Atomics.load(this.#words, lingeringOf(slot))) === own) {
        return `thread slot ${slot}, whose thread is here, says that it is not`;
      }
      if (!isOwn || (identityOf(claim) !== 0 && generationOf(claim) === generationOfOwner(own))) continue;
      return `thread slot ${slot}, which this thread claimed, is another's or free`;
    }
    return undefined;
  }

  /** Whether a word is an owner word of this heap with the lowest bit clear, of whatever generation. */
  isOwnerWord(word: number): boolean {
    return (word & 1) === 0 && this.names(word);
  }

  /** Whether `owner` names a slot of this heap. The lowest bit is ignored, here and below. */
  names(owner: OwnerWord): boolean {
    const slot = slotOfOwner(owner);
    return owner > 0 && slot >= 0 && slot < this.#count;
  }

  /**
   * Whether the thread that wrote `owner` is certainly gone or has left.
   *
   * @throws AllocatorError `CORRUPTED` for a word that names no slot
   */
  isDead(owner: OwnerWord): boolean {
    if (!this.names(owner)) throw new AllocatorError('CORRUPTED', `the owner word ${owner} names no thread slot`);
    const claim = Atomics.load(this.#claims, slotOfOwner(owner) * CLAIM_STRIDE);
    if (generationOf(claim) !== generationOfOwner(owner) || identityOf(claim) === 0) return true;
    return !this.#isAlive(identityOf(claim));
  }

  /** Asks the thread of `owner` to give back what it holds without knowing, see `Answering`. */
  ask(owner: OwnerWord): void {
    const question = slotOfOwner(owner) * ThreadSlot.WORDS + ThreadSlot.QUESTION;
    Atomics.add(this.#words, question, 1);
    this.#waiting.notify(this.#words, question, 1);
  }

  /** Number of questions asked of the thread of `owner` so far. */
  questionsTo(owner: OwnerWord): number {
    return Atomics.load(this.#words, slotOfOwner(owner) * ThreadSlot.WORDS + ThreadSlot.QUESTION);
  }

  /** Settled at the next question to the thread of `owner` after the first `asked`. */
  nextQuestion(owner: OwnerWord, asked: number): unknown {
    const question = slotOfOwner(owner) * ThreadSlot.WORDS + ThreadSlot.QUESTION;
    return this.#waiting.waitAsync(this.#words, question, asked, Infinity);
  }

  /** Says that the Web Lock of `owner` was seen in its hands. */
  vouch(owner: OwnerWord): void {
    Atomics.store(this.#words, slotOfOwner(owner) * ThreadSlot.WORDS + ThreadSlot.VOUCHED, owner);
  }

  /** Whether the Web Lock of `owner`, and of no earlier tenant of its slot, was seen in its hands. */
  isVouchedFor(owner: OwnerWord): boolean {
    return Atomics.load(this.#words, slotOfOwner(owner) * ThreadSlot.WORDS + ThreadSlot.VOUCHED) === owner;
  }

  /** Number of threads that are here, undetected dead included; those who linger are not. */
  claimedCount(): number {
    let count = 0;
    for (let slot = 0; slot < this.#count; slot++) if (this.#identityIn(slot) !== 0) count++;
    return count;
  }

  /** Number of threads that are here and not known to be dead; asks about each, which may be slow. */
  livingCount(): number {
    let count = 0;
    for (let slot = 0; slot < this.#count; slot++) {
      const identity = this.#identityIn(slot);
      if (identity !== 0 && this.#isAlive(identity)) count++;
    }
    return count;
  }

  /** Who has a slot, undetected dead included. Changes nothing. */
  tenants(): Tenant[] {
    const tenants: Tenant[] = [];
    for (let slot = 0; slot < this.#count; slot++) {
      const claim = Atomics.load(this.#claims, slot * CLAIM_STRIDE);
      const identity = identityOf(claim);
      if (identity === 0) continue;
      const workerId = Atomics.load(this.#words, slot * ThreadSlot.WORDS + ThreadSlot.WORKER_ID) - 1;
      tenants.push({
        owner: ownerWord(slot, generationOf(claim)),
        identity,
        workerId: workerId < 0 ? undefined : workerId,
        isAlive: this.#isAlive(identity),
      });
    }
    return tenants;
  }

  /** Identity of the thread in a slot; 0 if it is free or its tenant lingers. */
  #identityIn(slot: number): number {
    const claim = Atomics.load(this.#claims, slot * CLAIM_STRIDE);
    const isAway = Math.abs(Atomics.load(this.#words, lingeringOf(slot))) === ownerWord(slot, generationOf(claim));
    return isAway ? 0 : identityOf(claim);
  }

  /** The thread behind `owner`, for messages. */
  describe(owner: OwnerWord): string {
    const slot = slotOfOwner(owner);
    const workerId = Atomics.load(this.#words, slot * ThreadSlot.WORDS + ThreadSlot.WORKER_ID);
    const thread = workerId === 0 ? 'a thread' : workerId === 1 ? 'the main thread' : `worker ${workerId - 1}`;
    return `${thread} (thread slot ${slot}, generation ${generationOfOwner(owner)})`;
  }
}
