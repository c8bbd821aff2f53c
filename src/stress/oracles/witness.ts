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
import type { AllocateOptions, MemoryManager } from '../../index.ts';
import { BlockRecords } from './block-records.ts';
import type { Control } from '../control/control.ts';
import type { Evidence } from './evidence.ts';
import { IntervalHistory } from './interval-history.ts';
import { LatencyHistogram, LatencySampler, type Histograms } from '../measures/latency.ts';
import type { Oracle } from '../results/oracles.ts';
import { INTACT, Pattern } from './pattern.ts';
import { GRANULE_BYTES, ShadowMap } from './shadow-map.ts';
import { ViolationLog } from '../control/violation-log.ts';
import { described } from '../results/violation.ts';

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
  readonly evidence: Evidence;
  readonly histograms: Histograms;
  /** Which of them are consulted. */
  readonly oracles: readonly Oracle[];
  readonly stream: number;
  readonly seed: number;
  /** Any whole number, different for the threads: which calls are timed first. */
  readonly phase: number;
}

export class Witness {
  readonly log: ViolationLog;
  /** Hears of each address that the heap has returned, before anything is done with the block. */
  onMade: (address: number, size: number) => void = () => undefined;
  readonly #heap: MemoryManager;
  readonly #control: Control;
  /** Undefined when it is not consulted, as the next two. */
  readonly #shadow: ShadowMap | undefined;
  readonly #pattern: Pattern | undefined;
  readonly #history: IntervalHistory | undefined;
  readonly #records: BlockRecords;
  readonly #heapBytes: number;
  readonly #sampler: LatencySampler;
  readonly #latencies: { readonly [kind in keyof Histograms]: LatencyHistogram };
  /** Requested bytes that became live and were not yet published. */
  #unpublishedLive = 0;

  constructor(options: WitnessOptions) {
    this.log = new ViolationLog(options.control, options.stream);
    this.#heap = options.heap;
    this.#control = options.control;
    const { heap, evidence, histograms, oracles, seed } = options;
    this.#shadow = oracles.includes('owner') ? new ShadowMap(evidence.shadow) : undefined;
    this.#pattern = oracles.includes('bytes') ? new Pattern(heap.buffer, seed) : undefined;
    this.#history = oracles.includes('history') ? new IntervalHistory(evidence.history, seed) : undefined;
    this.#records = new BlockRecords(evidence.records);
    this.#heapBytes = heap.buffer.maxByteLength;
    this.#sampler = new LatencySampler(options.phase);
    this.#latencies = {
      allocate: new LatencyHistogram(histograms.allocate),
      reallocate: new LatencyHistogram(histograms.reallocate),
      deallocate: new LatencyHistogram(histograms.deallocate),
      lockWait: new LatencyHistogram(histograms.lockWait),
    };
  }

  /** The block's address, NO_MEMORY or LOST. */
  allocate(identity: number, size: number, alignmentBits: number): number {
    const address = this.#request(identity, size, alignmentBits === 0 ? undefined : ALIGNMENTS[alignmentBits]);
    if (address > 0) this.#pattern?.fill(identity, address, 0, size);
    return address;
  }

  /** Like `allocate`, of a block that has to come full of zeros. */
  allocateZeroed(identity: number, size: number): number {
    const address = this.#request(identity, size, ZEROED);
    if (address <= 0) return address;
    const offset = this.#pattern?.firstNonZero(address, size) ?? INTACT;
    if (offset !== INTACT)
      this.log.add('damage', `byte ${offset} of the block was not zeroed`, identity, address, size);
    this.#pattern?.fill(identity, address, 0, size);
    return address;
  }

  #request(identity: number, size: number, options: AllocateOptions | undefined): number {
    let address: number | null;
    try {
      const start = this.#sampler.start();
      address = options === undefined ? this.#heap.allocate(size) : this.#heap.allocate(size, options);
      if (start !== 0) this.#sampler.record(this.#latencies.allocate, start);
    } catch (error) {
      return this.#lose('error', `allocate threw ${described(error)}`, identity, 0, size);
    }
    if (address === null) return NO_MEMORY;
    const alignment = options?.alignment ?? GRANULE_BYTES;
    if (address % alignment !== 0) {
      return this.#lose('bad address', `not a multiple of ${alignment}`, identity, address, size);
    }
    this.onMade(address, size);
    if (!this.#take(identity, address, size)) return LOST;
    this.#countLive(size);
    return address;
  }

  /** The block's address, the old or a new one; NO_MEMORY when the block is as it was; or LOST. */
  reallocate(identity: number, oldAddress: number, oldSize: number, size: number): number {
    this.verify(identity, oldAddress, oldSize, 'before it was reallocated');
    return this.move(identity, oldAddress, oldSize, size);
  }

  /** The same of a block that was verified. */
  move(identity: number, oldAddress: number, oldSize: number, size: number): number {
    this.#release(oldAddress);
    let address: number | null;
    try {
      const start = this.#sampler.start();
      address = this.#heap.reallocate(oldAddress, size);
      if (start !== 0) this.#sampler.record(this.#latencies.reallocate, start);
    } catch (error) {
      this.#countLive(-oldSize);
      return this.#lose('error', `reallocate threw ${described(error)}`, identity, oldAddress, size);
    }
    const newSize = address === null ? oldSize : size;
    this.onMade(address ?? oldAddress, newSize);
    this.#countLive(newSize - oldSize);
    if (!this.#take(identity, address ?? oldAddress, newSize)) return LOST;
    if (address === null) return NO_MEMORY;
    this.verify(identity, address, Math.min(oldSize, size), 'after it was reallocated');
    if (size > oldSize) this.#pattern?.fill(identity, address, oldSize, size);
    return address;
  }

  free(identity: number, address: number, size: number): void {
    this.verify(identity, address, size, 'when it was freed');
    this.giveBack(identity, address, size);
  }

  /** The same of a block that was verified. */
  giveBack(identity: number, address: number, size: number): void {
    this.#release(address);
    this.#countLive(-size);
    try {
      const start = this.#sampler.start();
      this.#heap.deallocate(address);
      if (start !== 0) this.#sampler.record(this.#latencies.deallocate, start);
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
    if (address <= 0 || address % GRANULE_BYTES !== 0 || address + size > this.#heapBytes) {
      this.#lose('bad address', 'no multiple of 16 inside the heap', identity, address, size);
      return false;
    }
    const other = this.#shadow?.claim(identity, address, size) ?? 0;
    if (other !== 0) {
      this.#lose('overlap', `the memory belongs to block ${other}`, identity, address, size);
      return false;
    }
    const interval = this.#history?.begin(identity, address, size) ?? 0;
    if (interval !== 0) this.#records.setHistory(address / GRANULE_BYTES, interval);
    return true;
  }

  #release(address: number): void {
    const block = address / GRANULE_BYTES;
    const interval = this.#records.historyOf(block);
    if (interval !== 0) {
      this.#records.setHistory(block, 0);
      this.#history?.end(interval);
    }
    this.#shadow?.release(address);
  }

  /** Reports the first byte of a block, if any, that is not as it was written. */
  verify(identity: number, address: number, size: number, when: string): void {
    const offset = this.#pattern?.firstDamage(identity, address, size) ?? INTACT;
    if (offset === INTACT) return;
    this.log.add('damage', `byte ${offset} of the block was wrong ${when}`, identity, address, size);
  }

  /** Whether all bytes of a block are as they were written. */
  isIntact(identity: number, address: number, size: number): boolean {
    return (this.#pattern?.firstDamage(identity, address, size) ?? INTACT) === INTACT;
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
