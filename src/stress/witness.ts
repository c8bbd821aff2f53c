/**
 * The heap as a stress worker sees it: each call goes to the heap, and everything that the heap promises about it is
 * verified on the way.
 *
 *   allocate     the address is sound · nobody else owns the memory · claim it · fill it
 *   reallocate   the contents are intact · the kept part came along · claim and fill anew
 *   free         the contents are intact · release it
 *
 * Memory is released in the shadow map before the heap hears of it, because another thread may be given it at once.
 * A block whose call went wrong is LOST: it is reported once, never touched again, and left to the final leak check.
 * Blocks are told apart by `identity`, a whole number other than 0, different for all live blocks of the round.
 */
import type { AllocateOptions, MemoryManager } from '../index.ts';
import type { Control } from './control.ts';
import { LatencySampler, type Histograms } from './latency.ts';
import { INTACT, Pattern } from './pattern.ts';
import { GRANULE_BYTES, ShadowMap } from './shadow-map.ts';
import { ViolationLog, described } from './violation.ts';

/** Results that are no address. */
export const NO_MEMORY = 0;
export const LOST = -1;

/** So much may become live or free before the others hear of it. */
const LIVE_SLACK_BYTES = 4096;

/** Alignments as the heap takes them, by their binary logarithm, so that no call makes an object. */
const ALIGNMENTS: readonly AllocateOptions[] = Array.from({ length: 17 }, (_, bits) => ({
  alignment: 2 ** bits,
}));

const ZEROED: AllocateOptions = { zeroed: true };

/** What a worker needs to watch a heap together with the others of its round. */
export interface WitnessOptions {
  readonly heap: MemoryManager;
  readonly control: Control;
  readonly shadow: SharedArrayBuffer;
  readonly histograms: Histograms;
  readonly stream: number;
  readonly seed: number;
  /** Any whole number, different for the threads: which calls are timed first. */
  readonly phase: number;
}

export class Witness {
  readonly log: ViolationLog;
  readonly #heap: MemoryManager;
  readonly #control: Control;
  readonly #shadow: ShadowMap;
  readonly #pattern: Pattern;
  readonly #sampler: LatencySampler;
  readonly #histograms: Histograms;
  /** Requested bytes that became live and were not yet published. */
  #unpublishedLive = 0;

  constructor(options: WitnessOptions) {
    this.log = new ViolationLog(options.control, options.stream);
    this.#heap = options.heap;
    this.#control = options.control;
    this.#shadow = new ShadowMap(options.shadow);
    this.#pattern = new Pattern(options.heap.buffer, options.seed);
    this.#sampler = new LatencySampler(options.phase);
    this.#histograms = options.histograms;
  }

  /** The block's address, NO_MEMORY or LOST. */
  allocate(identity: number, size: number, alignmentBits: number): number {
    const address = this.#request(identity, size, alignmentBits === 0 ? undefined : ALIGNMENTS[alignmentBits]);
    if (address > 0) this.#pattern.fill(identity, address, 0, size);
    return address;
  }

  /** Like `allocate`, of a block that has to come full of zeros. */
  allocateZeroed(identity: number, size: number): number {
    const address = this.#request(identity, size, ZEROED);
    if (address <= 0) return address;
    const offset = this.#pattern.firstNonZero(address, size);
    if (offset !== INTACT)
      this.log.add('damage', `byte ${offset} of the block was not zeroed`, identity, address, size);
    this.#pattern.fill(identity, address, 0, size);
    return address;
  }

  #request(identity: number, size: number, options: AllocateOptions | undefined): number {
    let address: number | null;
    try {
      const start = this.#sampler.start();
      address = options === undefined ? this.#heap.allocate(size) : this.#heap.allocate(size, options);
      if (start !== 0) this.#sampler.record(this.#histograms.allocate, start);
    } catch (error) {
      return this.#lose('error', `allocate threw ${described(error)}`, identity, 0, size);
    }
    if (address === null) return NO_MEMORY;
    const alignment = options?.alignment ?? GRANULE_BYTES;
    if (address % alignment !== 0) {
      return this.#lose('bad address', `not a multiple of ${alignment}`, identity, address, size);
    }
    if (!this.#take(identity, address, size)) return LOST;
    this.#countLive(size);
    return address;
  }

  /** The block's address, the old or a new one; NO_MEMORY when the block is as it was; or LOST. */
  reallocate(identity: number, oldAddress: number, oldSize: number, size: number): number {
    this.#verify(identity, oldAddress, oldSize, 'before it was reallocated');
    this.#shadow.release(oldAddress, oldSize);
    let address: number | null;
    try {
      const start = this.#sampler.start();
      address = this.#heap.reallocate(oldAddress, size);
      if (start !== 0) this.#sampler.record(this.#histograms.reallocate, start);
    } catch (error) {
      this.#countLive(-oldSize);
      return this.#lose('error', `reallocate threw ${described(error)}`, identity, oldAddress, size);
    }
    const newSize = address === null ? oldSize : size;
    this.#countLive(newSize - oldSize);
    if (!this.#take(identity, address ?? oldAddress, newSize)) return LOST;
    if (address === null) return NO_MEMORY;
    this.#verify(identity, address, Math.min(oldSize, size), 'after it was reallocated');
    if (size > oldSize) this.#pattern.fill(identity, address, oldSize, size);
    return address;
  }

  free(identity: number, address: number, size: number): void {
    this.#verify(identity, address, size, 'when it was freed');
    this.#shadow.release(address, size);
    this.#countLive(-size);
    try {
      const start = this.#sampler.start();
      this.#heap.deallocate(address);
      if (start !== 0) this.#sampler.record(this.#histograms.deallocate, start);
    } catch (error) {
      this.log.add('error', `deallocate threw ${described(error)}`, identity, address, size);
    }
  }

  /** Tells the others how much is live. */
  publishLive(): void {
    this.#unpublishedLive = this.#control.addLive(this.#unpublishedLive);
  }

  #countLive(bytes: number): void {
    this.#unpublishedLive += bytes;
    if (Math.abs(this.#unpublishedLive) > LIVE_SLACK_BYTES) this.publishLive();
  }

  #take(identity: number, address: number, size: number): boolean {
    if (!this.#shadow.covers(address, size)) {
      this.#lose('bad address', 'no multiple of 16 inside the heap', identity, address, size);
      return false;
    }
    const other = this.#shadow.claim(identity, address, size);
    if (other === 0) return true;
    this.#lose('overlap', `the memory belongs to block ${other}`, identity, address, size);
    return false;
  }

  #verify(identity: number, address: number, size: number, when: string): void {
    const offset = this.#pattern.firstDamage(identity, address, size);
    if (offset === INTACT) return;
    this.log.add('damage', `byte ${offset} of the block was wrong ${when}`, identity, address, size);
  }

  #lose(
    kind: 'error' | 'overlap' | 'bad address',
    detail: string,
    object: number,
    address: number,
    size: number,
  ): number {
    this.log.add(kind, detail, object, address, size);
    return LOST;
  }
}
