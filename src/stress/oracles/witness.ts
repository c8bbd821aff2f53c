/**
 * The heap as a stress worker sees it: each call goes to the heap, and everything that the heap promises about it is
 * verified on the way.
 *
 *   allocate     the address is sound · nobody else owns the memory · claim it · it is zeroed if asked for · fill it
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
import { Room } from './room.ts';
import { GRANULE_BYTES, ShadowMap } from './shadow-map.ts';
import { ViolationLog } from '../control/violation-log.ts';
import { described } from '../results/violation.ts';

/** Results that are no address. */
export const NO_MEMORY = 0;
export const LOST = -1;

/** So much may become live or free before the others hear of it. */
const LIVE_SLACK_BYTES = 4096;

/** Options by the binary logarithm of the alignment, so that no call makes an object. */
const ALIGNED: readonly AllocateOptions[] = Array.from({ length: 17 }, (_, bits) => ({ alignment: 2 ** bits }));
const ZEROED: readonly AllocateOptions[] = Array.from({ length: 17 }, (_, bits) =>
  bits === 0 ? { zeroed: true } : { alignment: 2 ** bits, zeroed: true },
);
/** One request in so many is for a zeroed block; of one block in so many the heap is asked what it says of it. */
const ZEROED_PERIOD = 13;
const QUESTION_PERIOD = 61;

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
  /** Undefined when it is not consulted, as the next three. */
  readonly #shadow: ShadowMap | undefined;
  readonly #pattern: Pattern | undefined;
  readonly #history: IntervalHistory | undefined;
  readonly #room: Room | undefined;
  readonly #records: BlockRecords;
  readonly #heapBytes: number;
  readonly #sampler: LatencySampler;
  readonly #latencies: { readonly [kind in keyof Histograms]: LatencyHistogram };
  /** Requested bytes that became live and were not yet published. */
  #unpublishedLive = 0;
  #untilZeroed: number;
  #untilQuestion = QUESTION_PERIOD;

  constructor(options: WitnessOptions) {
    this.log = new ViolationLog(options.control, options.stream);
    this.#heap = options.heap;
    this.#control = options.control;
    const { heap, evidence, histograms, oracles, seed } = options;
    this.#shadow = oracles.includes('owner') ? new ShadowMap(evidence.shadow) : undefined;
    this.#pattern = oracles.includes('bytes') ? new Pattern(heap.buffer, seed) : undefined;
    this.#history = oracles.includes('history') ? new IntervalHistory(evidence.history, seed) : undefined;
    this.#room = oracles.includes('room') ? new Room(heap.handle) : undefined;
    this.#records = new BlockRecords(evidence.records);
    this.#untilZeroed = 1 + ((options.phase >>> 0) % ZEROED_PERIOD);
    this.#heapBytes = heap.buffer.maxByteLength;
    this.#sampler = new LatencySampler(options.phase);
    this.#latencies = {
      allocate: new LatencyHistogram(histograms.allocate),
      reallocate: new LatencyHistogram(histograms.reallocate),
      deallocate: new LatencyHistogram(histograms.deallocate),
      lockWait: new LatencyHistogram(histograms.lockWait),
    };
  }

  /** The block's address, NO_MEMORY or LOST. Now and then the block is asked for zeroed. */
  allocate(identity: number, size: number, alignmentBits: number): number {
    if (--this.#untilZeroed <= 0) return this.allocateZeroed(identity, size, alignmentBits);
    const address = this.#request(identity, size, alignmentBits === 0 ? undefined : ALIGNED[alignmentBits]);
    if (address > 0) this.#fill(identity, address, size);
    return address;
  }

  /** Like `allocate`, of a block that has to come full of zeros. */
  allocateZeroed(identity: number, size: number, alignmentBits = 0): number {
    this.#untilZeroed = ZEROED_PERIOD;
    const address = this.#request(identity, size, ZEROED[alignmentBits]);
    if (address <= 0) return address;
    const offset = this.#pattern?.firstNonZero(address, size) ?? INTACT;
    if (offset !== INTACT)
      this.log.add('damage', `byte ${offset} of the block was not zeroed`, identity, address, size);
    this.#fill(identity, address, size);
    return address;
  }

  #fill(identity: number, address: number, size: number): void {
    this.#pattern?.fill(identity, address, 0, size);
    if (--this.#untilQuestion > 0) return;
    this.#untilQuestion = QUESTION_PERIOD;
    this.#question(identity, address, size);
  }

  /** Asks the heap about a block, and has it read and write the block's bytes as they are. */
  #question(identity: number, address: number, size: number): void {
    try {
      const usable = this.#heap.sizeOf(address);
      if (usable < size) this.log.add('error', `sizeOf says ${usable}`, identity, address, size);
      this.#heap.write(address, this.#heap.read(address, size));
    } catch (error) {
      this.log.add('error', `the block was refused: ${described(error)}`, identity, address, size);
    }
    this.verify(identity, address, size, 'after it was read and written');
  }

  #request(identity: number, size: number, options: AllocateOptions | undefined): number {
    let address: number | null;
    try {
      const start = this.#sampler.start();
      address = options === undefined ? this.#heap.allocate(size) : this.#heap.allocate(size, options);
      if (start !== 0) this.#sampler.record(this.#latencies.allocate, start);
      if (address === null) address = this.#insist(identity, size, options);
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

  #insist(identity: number, size: number, options: AllocateOptions = {}): number | null {
    const needed = Room.neededFor(size, options.alignment);
    const address = this.#room?.insist(needed, () => this.#heap.allocate(size, options)) ?? null;
    if (address !== 'no excuse') return address;
    this.log.add('starvation', `no memory though there is room for ${needed} bytes`, identity, 0, size);
    return null;
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

  /** Something was not to be had though the workload knows that it is there. */
  missRoom(complaint: string): void {
    if (this.#room !== undefined) this.log.add('starvation', complaint, 0, 0, 0);
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
