/**
 * A synthetic workload: what its threads do to the heap, in rounds of threads that end and are replaced by others.
 *
 * All blocks that are held between two operations stand in `slots`, an array of block numbers shared by all threads.
 * So a successor finds what its predecessor left, and threads can pass blocks on. After the round, whatever ended it, a
 * sweeper frees what is recorded as live.
 *
 * A thread may be terminated at any instant, and its successor goes on with the same slots. So a block is in one slot or
 * in one thread's hands, never in two slots: it is taken out of the one before it is put into the other or given back.
 */
import { BlockKeeper } from './block-keeper.ts';
import type { Hands } from './hands.ts';
import { StopReason, type Control } from '../control/control.ts';
import { seeded, Xorshift32 } from '../../xorshift.ts';
import { Gauge, type Reading } from '../measures/gauge.ts';
import { mapHeap } from '../measures/heap-map.ts';
import type { HeapMap } from '../results/stress-result.ts';
import { Meters } from '../measures/meters.ts';
import type { Evidence } from '../oracles/evidence.ts';
import type { HeapHandle, MemoryManager } from '../../index.ts';
import type { Witness } from '../oracles/witness.ts';

/** A workload as the main thread and the workers know it. Functions of `threads` give sizes for so many threads. */
export interface Workload {
  readonly name: string;
  /** One sentence for `--list`. */
  readonly summary: string;
  /** How many threads it takes to run it when so many were asked for. */
  threads(wanted: number): number;
  /** How many threads work after each other in the place of each, in one round. */
  readonly generations: number;
  /** Int32 words for block numbers, 0 at first, and for whatever else the threads tell each other. */
  slotCount(threads: number): number;
  wordCount(threads: number): number;
  /** What can be live at once. */
  demandBytes(threads: number): number;
  /** The size of the heap that it takes, where the workload fills it. */
  heapBytes?(threads: number): number;
  /** What the heap may use at most for that, where the workload is about just this. */
  footprintBytes?(threads: number): number;
  /** The life of one thread; it ends early when `context.goesOn()` says so. */
  run(context: WorkloadContext): void;
}

/** What the thread of a workload has at hand. */
export interface WorkloadPlace {
  readonly stream: number;
  readonly threads: number;
  readonly generation: number;
  readonly seed: number;
  readonly slots: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
  readonly handle: HeapHandle;
  readonly meters: SharedArrayBuffer;
  readonly evidence: Evidence;
}

/** Operations between two looks at the others; a power of two. */
const LOOK_PERIOD = 64;
/** Looks between two readings of the heap, which the first stream takes. */
const SAMPLE_PERIOD = 16;

export class WorkloadContext implements Hands {
  readonly stream: number;
  readonly threads: number;
  readonly generation: number;
  /** The same for all threads of a round. */
  readonly seed: number;
  readonly blocks: BlockKeeper;
  readonly random: Xorshift32;
  readonly slots: Int32Array<SharedArrayBuffer>;
  readonly words: Int32Array<SharedArrayBuffer>;
  /** Of the heap when it was fullest, as far as was seen. */
  sample: Reading | undefined;
  readonly #heap: MemoryManager;
  readonly #gauge: Gauge;
  readonly #onMap: (map: HeapMap) => void;
  readonly #control: Control;
  readonly #witness: Witness;
  readonly #operationsBefore: number;
  #calls = 0;
  #looks = 0;

  constructor(
    place: WorkloadPlace,
    heap: MemoryManager,
    control: Control,
    witness: Witness,
    onMap: (map: HeapMap) => void,
  ) {
    const { stream, threads, generation, seed, evidence } = place;
    this.stream = stream;
    this.threads = threads;
    this.generation = generation;
    this.seed = seed;
    const meters = new Meters(place.meters);
    this.blocks = new BlockKeeper(heap, witness, control, { stream, evidence, meters });
    this.random = new Xorshift32(seeded(seed + 7919 * generation, stream));
    this.slots = new Int32Array(place.slots);
    this.words = new Int32Array(place.words);
    this.#heap = heap;
    this.#gauge = new Gauge(place.handle);
    this.#onMap = onMap;
    this.#control = control;
    this.#witness = witness;
    this.#operationsBefore = control.operationsOf(stream);
  }

  /** To be asked at every operation or few: false when the round was stopped. */
  goesOn(): boolean {
    if ((++this.#calls & (LOOK_PERIOD - 1)) !== 0) return true;
    return this.checkIn();
  }

  /** Waits until `attempt` gives something; undefined when the round was stopped or can never go on. */
  waitFor<T>(attempt: () => T | undefined): T | undefined {
    const result = attempt();
    if (result !== undefined) return result;
    this.look();
    return this.#control.blockUntil(this.stream, attempt);
  }

  /**
   * Waits until all threads have come to this point, which `threads` words from `word` on say; false when the round was
   * stopped. Who comes in the place of one that has come before does no harm.
   */
  meet(word: number): boolean {
    Atomics.store(this.words, word + this.stream, 1);
    return this.waitFor(() => this.haveMet(word) || undefined) === true;
  }

  haveMet(word: number): boolean {
    for (let thread = 0; thread < this.threads; thread++) {
      if (Atomics.load(this.words, word + thread) === 0) return false;
    }
    return true;
  }

  /** Tells the others how far this thread is; false when the round was stopped. */
  checkIn(): boolean {
    this.look();
    return this.#control.stopReason === StopReason.NONE;
  }

  /** Requested bytes that are live, as far as threads have told. */
  get liveBytes(): number {
    return this.#control.liveBytes;
  }

  get isEndless(): boolean {
    return this.#control.isEndless;
  }

  /** Says that memory is missing, unless `isThere`, or unless the threads that were counted upon may be gone. */
  demand(isThere: boolean, complaint: string): void {
    if (!isThere && !this.isEndless && this.#control.isComplete) this.#witness.missRoom(complaint);
  }

  /** Tells the others how far this thread is. */
  look(): void {
    this.#control.publish(this.stream, 0, this.#operationsBefore + this.blocks.operations);
    this.#witness.publishLive();
    if (this.#control.takesMap()) this.#onMap(mapHeap(this.#heap));
    if (this.stream === 0 && this.#looks++ % SAMPLE_PERIOD === 0) this.#takeSample();
  }

  #takeSample(): void {
    const reading = this.#gauge.read();
    if (this.sample === undefined || reading.usedBytes > this.sample.usedBytes) this.sample = reading;
  }
}
