/**
 * One stream of a plan, replayed by one worker on the heap that all streams share.
 *
 * Why no order of events can deadlock. Every step has its place in the order of the trace, and a stream does its steps
 * in that order. It waits for three things only:
 *   1. a mailbox, filled by a step of the same copy that comes earlier in the trace;
 *   2. the window: all streams of the copy must have come to within WINDOW steps of this one, again earlier steps;
 *   3. memory, when the heap is full.
 * Of all steps of a copy not yet done, the earliest waits neither for 1 nor for 2; so unless the heap is full, every
 * copy goes on. A stream publishes its exact position before it waits, so that none waits for a step that is done.
 * With 3 all streams can come to stand still: that is found without a clock (see control) and ends the round as stuck.
 * A block that was lost to a violation is handed over as LOST, so nobody waits for it either.
 */
import type { HeapHandle, MemoryManager } from '../../index.ts';
import { StopReason, type Control } from '../control/control.ts';
import { Gauge, type Reading } from '../measures/gauge.ts';
import { mapHeap } from '../measures/heap-map.ts';
import type { HeapMap } from '../results/stress-result.ts';
import { Meters } from '../measures/meters.ts';
import { NO_MAILBOX, Step, WINDOW } from './plan.ts';
import { BlockRecords } from '../oracles/block-records.ts';
import type { Evidence } from '../oracles/evidence.ts';
import { GRANULE_BYTES } from '../oracles/shadow-map.ts';
import type { StreamOutcome } from '../measures/stream-outcome.ts';
import { Operation } from './trace.ts';
import { NO_MEMORY, type Witness } from '../oracles/witness.ts';

/** Steps between two looks at the other streams. */
const LOOK_PERIOD = 64;
const SPINS = 200;

/** What a block's granule says in place of a block: none, or that the round has ended. */
const NONE = 0;
const STOPPED = -2;

/** What a stream has to do, structured-cloneable. */
export interface StreamTask {
  readonly steps: SharedArrayBuffer;
  readonly indices: SharedArrayBuffer;
  readonly mailboxes: SharedArrayBuffer;
  /** How many of the steps are operations of the trace; the rest is clean-up. */
  readonly operationCount: number;
  readonly objectCount: number;
  readonly stream: number;
  /** What belongs to this stream's copy of the trace: its streams, its mailboxes, the identities of its blocks. */
  readonly firstStream: number;
  readonly streamsPerCopy: number;
  readonly firstMailbox: number;
  readonly firstIdentity: number;
  /** The step at or after which this stream takes a reading of the heap, once; -1 = never. */
  readonly sampleAt: number;
}

/** What streams share. */
export interface ReplaySetting {
  readonly handle: HeapHandle;
  readonly evidence: Evidence;
  readonly meters: SharedArrayBuffer;
  readonly mapsPeak: boolean;
}

export class Replayer {
  readonly #task: StreamTask;
  readonly #meters: Meters;
  readonly #gauge: Gauge;
  readonly #mapsPeak: boolean;
  readonly #heap: MemoryManager;
  readonly #control: Control;
  readonly #witness: Witness;
  readonly #records: BlockRecords;
  readonly #steps: Int32Array;
  readonly #indices: Int32Array;
  readonly #mailboxes: Int32Array<SharedArrayBuffer>;
  /** Blocks that this stream holds, by object: granule number, NONE or LOST. */
  readonly #granules: Int32Array;
  /** 1 for blocks that were handed over, so that freeing them is a remote free. */
  readonly #isForeign: Uint8Array;
  /** How many steps are done. */
  #done = 0;
  /** The first step that this stream may not do before it looks at the others again. */
  #limit = 0;
  #sample: Reading | undefined;
  #map: HeapMap | undefined;

  constructor(task: StreamTask, setting: ReplaySetting, heap: MemoryManager, control: Control, witness: Witness) {
    this.#task = task;
    this.#meters = new Meters(setting.meters);
    this.#gauge = new Gauge(setting.handle);
    this.#mapsPeak = setting.mapsPeak;
    this.#heap = heap;
    this.#control = control;
    this.#witness = witness;
    this.#records = new BlockRecords(setting.evidence.records);
    this.#steps = new Int32Array(task.steps);
    this.#indices = new Int32Array(task.indices);
    this.#mailboxes = new Int32Array(task.mailboxes);
    this.#granules = new Int32Array(task.objectCount);
    this.#isForeign = new Uint8Array(task.objectCount);
  }

  run(): StreamOutcome {
    const started = this.#control.arrive();
    const startedAt = performance.timeOrigin + performance.now();
    if (started) this.#replay();
    const endedAt = performance.timeOrigin + performance.now();
    this.#witness.publishLive();
    this.#control.publish(this.#task.stream, this.#done, this.#operations());
    this.#control.finish(this.#task.stream);
    return { startedAt, endedAt, violations: this.#witness.log.first, sample: this.#sample, map: this.#map };
  }

  #replay(): void {
    const indices = this.#indices;
    let untilLook = 1;
    for (let done = 0; done < indices.length; done++) {
      const step = indices[done];
      this.#done = done;
      if (--untilLook === 0) {
        untilLook = LOOK_PERIOD;
        this.#look(step);
        if (this.#control.stopReason !== StopReason.NONE) return;
      }
      if (step >= this.#limit && !this.#awaitWindow(step)) return;
      if (!this.#doStep(step)) return;
    }
    this.#done = indices.length;
  }

  /** False when the round has ended. */
  #doStep(step: number): boolean {
    const at = step * Step.WORDS;
    const operation = this.#steps[at + Step.OPERATION];
    const object = this.#steps[at + Step.OBJECT];
    this.#witness.log.operation = step + 1;
    let granule = operation === Operation.ALLOCATE ? this.#allocate(step, object) : this.#holdOf(step, object);
    if (granule > 0 && operation === Operation.REALLOCATE) granule = this.#reallocate(step, object, granule);
    if (granule > 0 && operation === Operation.FREE) granule = this.#free(step, object, granule);
    if (granule === STOPPED) return false;
    this.#granules[object] = granule;
    if (this.#steps[at + Step.GIVE] !== NO_MAILBOX) this.#give(this.#steps[at + Step.GIVE], granule);
    return true;
  }

  #allocate(step: number, object: number): number {
    const at = step * Step.WORDS;
    const identity = this.#task.firstIdentity + object;
    this.#isForeign[object] = 0;
    const size = this.#steps[at + Step.SIZE] >>> 0;
    const alignmentBits = this.#steps[at + Step.ALIGNMENT_BITS];
    const address = this.#witness.allocate(identity, size, alignmentBits);
    if (address !== NO_MEMORY) return this.#recorded(identity, address, size);
    return this.#recorded(
      identity,
      this.#awaitMemory(step, () => this.#witness.allocate(identity, size, alignmentBits)),
      size,
    );
  }

  /** While its call lasts a block is not recorded: it is in no sweeper's way. When there is no memory it stays as it is. */
  #reallocate(step: number, object: number, granule: number): number {
    const at = step * Step.WORDS;
    const identity = this.#task.firstIdentity + object;
    const oldSize = this.#steps[at + Step.OLD_SIZE] >>> 0;
    const size = this.#steps[at + Step.SIZE] >>> 0;
    const call = (): number => this.#witness.reallocate(identity, granule * GRANULE_BYTES, oldSize, size);
    this.#records.remove(granule);
    const address = call() || this.#awaitMemory(step, call);
    if (address === STOPPED) this.#records.add(granule, identity, oldSize);
    return this.#recorded(identity, address, size);
  }

  #free(step: number, object: number, granule: number): number {
    const size = this.#steps[step * Step.WORDS + Step.OLD_SIZE] >>> 0;
    this.#records.remove(granule);
    this.#witness.free(this.#task.firstIdentity + object, granule * GRANULE_BYTES, size);
    if (this.#isForeign[object] === 1) this.#meters.addRemoteFree(this.#task.stream);
    return NONE;
  }

  /** What is live stands in the records: when the round is stopped, a sweeper finds it there. */
  #recorded(identity: number, address: number, size: number): number {
    if (address <= 0) return address;
    this.#records.add(address / GRANULE_BYTES, identity, size);
    return address / GRANULE_BYTES;
  }

  /** The block that an earlier step made: this stream's own, or one handed over. */
  #holdOf(step: number, object: number): number {
    const mailbox = this.#steps[step * Step.WORDS + Step.TAKE];
    if (mailbox === NO_MAILBOX) return this.#granules[object];
    this.#isForeign[object] = 1;
    const index = this.#task.firstMailbox + mailbox;
    for (let spin = 0; spin < SPINS; spin++) {
      const granule = Atomics.load(this.#mailboxes, index);
      if (granule !== NONE) return granule;
    }
    return this.#awaitMailbox(step, index);
  }

  #give(mailbox: number, granule: number): void {
    const index = this.#task.firstMailbox + mailbox;
    Atomics.store(this.#mailboxes, index, granule);
    Atomics.notify(this.#mailboxes, index);
  }

  #awaitMailbox(step: number, index: number): number {
    this.#look(step);
    const attempt = (): number | undefined => Atomics.load(this.#mailboxes, index) || undefined;
    return this.#control.blockUntil(this.#task.stream, attempt, this.#mailboxes, index, NONE) ?? STOPPED;
  }

  #awaitMemory(step: number, call: () => number): number {
    this.#look(step);
    return this.#control.blockUntil(this.#task.stream, () => call() || undefined) ?? STOPPED;
  }

  /** False when the round has ended. */
  #awaitWindow(step: number): boolean {
    if (this.#task.streamsPerCopy === 1) {
      this.#limit = Infinity;
      return true;
    }
    this.#look(step);
    const { stream, firstStream, streamsPerCopy } = this.#task;
    const limit = this.#control.lowestPosition(firstStream, streamsPerCopy) + WINDOW;
    this.#limit =
      limit > step
        ? limit
        : (this.#control.blockUntil(stream, () => {
            const next = this.#control.lowestPosition(firstStream, streamsPerCopy) + WINDOW;
            return next > step ? next : undefined;
          }) ?? NONE);
    return this.#limit > step;
  }

  /** Tells the others how far this stream is. */
  #look(step: number): void {
    this.#control.publish(this.#task.stream, step, this.#operations());
    this.#witness.publishLive();
    if (this.#control.takesMap()) this.#map = mapHeap(this.#heap);
    const { sampleAt } = this.#task;
    if (sampleAt >= 0 && step >= sampleAt && this.#sample === undefined) this.#takeSample();
  }

  #takeSample(): void {
    this.#sample = this.#gauge.read();
    if (this.#mapsPeak) this.#map = mapHeap(this.#heap);
  }

  #operations(): number {
    return Math.min(this.#done, this.#task.operationCount);
  }
}
