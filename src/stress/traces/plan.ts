/**
 * Spreads a trace over worker streams: which stream does which step, and where blocks change hands.
 *
 *   thread t of the trace ──▶ stream t mod S of its copy;   copies × S streams run at once
 *
 * A step is an operation of the trace, in the trace's order; after them come the frees of whatever the program left
 * live, done by the stream that touched the block last. Wherever two steps in a row on one object belong to
 * different streams, the block is handed over through a mailbox of its own: the first step puts the address in
 * (`GIVE`), the second waits for it (`TAKE`). Every mailbox is written once and read once, so it needs no protocol.
 *
 * All copies run the same steps on blocks of their own. `demandBytes` bounds what one copy can hold at any moment:
 * its streams keep within `WINDOW` steps of each other, so that is the live bytes at some step plus all that the next
 * WINDOW steps could take.
 */
import { Operation, TraceWord, type Trace } from './trace.ts';

/** The words of one step. */
export const Step = {
  OPERATION: 0,
  OBJECT: 1,
  SIZE: 2,
  OLD_SIZE: 3,
  ALIGNMENT_BITS: 4,
  /** The mailbox that holds the block's address, or NO_MAILBOX when this stream has it already. */
  TAKE: 5,
  /** The mailbox to put the block's address into, or NO_MAILBOX. */
  GIVE: 6,
  WORDS: 8,
} as const;

export const NO_MAILBOX = -1;

/** How many steps the fastest stream of a copy may be ahead of the slowest. */
export const WINDOW = 16_384;

/** Threads of one trace that get a stream each; more share streams. */
const MAX_STREAMS_PER_COPY = 32;
const BLOCK_GRANULE = 16;

export interface Plan {
  readonly trace: Trace;
  readonly copies: number;
  readonly streamsPerCopy: number;
  readonly steps: SharedArrayBuffer;
  /** For each stream of a copy, the indices of its steps, rising. */
  readonly streams: readonly SharedArrayBuffer[];
  /** For each stream of a copy, how many of its steps are operations of the trace and not clean-up. */
  readonly operationCounts: readonly number[];
  readonly mailboxCount: number;
  readonly demandBytes: number;
}

/** @param streamCount - how many streams to fill at least: as many copies run as that takes */
export function planTrace(trace: Trace, streamCount: number): Plan {
  const streamsPerCopy = Math.min(trace.threadCount, Math.max(streamCount, MAX_STREAMS_PER_COPY));
  const planner = new Planner(trace, streamsPerCopy);
  return {
    trace,
    copies: Math.ceil(streamCount / streamsPerCopy),
    streamsPerCopy,
    steps: planner.steps.buffer,
    streams: planner.streamIndices(),
    operationCounts: planner.operationCounts,
    mailboxCount: planner.mailboxCount,
    demandBytes: demandBytes(trace, streamsPerCopy === 1 ? 1 : WINDOW),
  };
}

class Planner {
  readonly steps: Int32Array<SharedArrayBuffer>;
  readonly operationCounts: number[];
  mailboxCount = 0;
  readonly #streamOfStep: Uint8Array;
  readonly #stepCount: number;
  /** For each object: the step that touched it last, plus one; 0 when it is not live. */
  readonly #lastStep: Int32Array;

  constructor(trace: Trace, streamsPerCopy: number) {
    this.#lastStep = new Int32Array(trace.objectCount);
    this.#stepCount = trace.operationCount + leftLive(trace);
    this.#streamOfStep = new Uint8Array(this.#stepCount);
    this.operationCounts = Array.from({ length: streamsPerCopy }, () => 0);
    this.steps = new Int32Array(new SharedArrayBuffer(this.#stepCount * Step.WORDS * 4));
    for (let step = 0; step < trace.operationCount; step++) this.#addOperation(trace.records, step, streamsPerCopy);
    this.#addCleanUp(trace.operationCount);
  }

  streamIndices(): SharedArrayBuffer[] {
    const counts = this.operationCounts.map(() => 0);
    for (const stream of this.#streamOfStep) counts[stream]++;
    const indices = counts.map((count) => new Int32Array(new SharedArrayBuffer(count * 4)));
    counts.fill(0);
    for (let step = 0; step < this.#stepCount; step++) {
      const stream = this.#streamOfStep[step];
      indices[stream][counts[stream]++] = step;
    }
    return indices.map((stream) => stream.buffer);
  }

  #addOperation(records: Int32Array, step: number, streamsPerCopy: number): void {
    const from = step * TraceWord.WORDS;
    const to = step * Step.WORDS;
    const stream = records[from + TraceWord.THREAD] % streamsPerCopy;
    const object = records[from + TraceWord.OBJECT];
    const operation = records[from + TraceWord.OPERATION];
    this.#streamOfStep[step] = stream;
    this.operationCounts[stream]++;
    this.steps[to + Step.OPERATION] = operation;
    this.steps[to + Step.OBJECT] = object;
    this.steps[to + Step.SIZE] = records[from + TraceWord.SIZE];
    this.steps[to + Step.OLD_SIZE] = records[from + TraceWord.OLD_SIZE];
    this.steps[to + Step.ALIGNMENT_BITS] = records[from + TraceWord.ALIGNMENT_BITS];
    this.steps[to + Step.GIVE] = NO_MAILBOX;
    this.steps[to + Step.TAKE] = operation === Operation.ALLOCATE ? NO_MAILBOX : this.#handOver(object, stream);
    this.#lastStep[object] = operation === Operation.FREE ? 0 : step + 1;
  }

  /** The mailbox through which `stream` gets the object from its last holder, if that was another one. */
  #handOver(object: number, stream: number): number {
    const giver = this.#lastStep[object] - 1;
    if (this.#streamOfStep[giver] === stream) return NO_MAILBOX;
    this.steps[giver * Step.WORDS + Step.GIVE] = this.mailboxCount;
    return this.mailboxCount++;
  }

  #addCleanUp(firstStep: number): void {
    let step = firstStep;
    for (let object = 0; object < this.#lastStep.length; object++) {
      const last = this.#lastStep[object] - 1;
      if (last < 0) continue;
      const to = step * Step.WORDS;
      this.steps[to + Step.OPERATION] = Operation.FREE;
      this.steps[to + Step.OBJECT] = object;
      this.steps[to + Step.OLD_SIZE] = this.steps[last * Step.WORDS + Step.SIZE];
      this.steps[to + Step.TAKE] = NO_MAILBOX;
      this.steps[to + Step.GIVE] = NO_MAILBOX;
      this.#streamOfStep[step++] = this.#streamOfStep[last];
    }
  }
}

function leftLive(trace: Trace): number {
  let frees = 0;
  for (let at = TraceWord.OPERATION; at < trace.records.length; at += TraceWord.WORDS) {
    if (trace.records[at] === Operation.FREE) frees++;
  }
  return trace.objectCount - frees;
}

/** max over i of (live(i) + what steps i … i + window − 1 take), in bytes as a heap rounds them. */
function demandBytes(trace: Trace, window: number): number {
  let live = 0;
  let ahead = 0;
  let demand = 0;
  for (let step = 0; step < trace.operationCount + window; step++) {
    if (step < trace.operationCount) ahead += takenBytes(trace.records, step);
    const oldest = step - window + 1;
    if (oldest < 0 || oldest >= trace.operationCount) continue;
    demand = Math.max(demand, live + ahead);
    ahead -= takenBytes(trace.records, oldest);
    live += takenBytes(trace.records, oldest) - returnedBytes(trace.records, oldest);
  }
  return demand;
}

function takenBytes(records: Int32Array, operation: number): number {
  const at = operation * TraceWord.WORDS;
  if (records[at + TraceWord.OPERATION] === Operation.FREE) return 0;
  return roundedBytes(records[at + TraceWord.SIZE]) + alignmentBytes(records[at + TraceWord.ALIGNMENT_BITS]);
}

/** What an operation gives back. Room lost to an alignment is never counted as returned: the bound stays one. */
function returnedBytes(records: Int32Array, operation: number): number {
  const at = operation * TraceWord.WORDS;
  if (records[at + TraceWord.OPERATION] === Operation.ALLOCATE) return 0;
  return roundedBytes(records[at + TraceWord.OLD_SIZE]);
}

function roundedBytes(size: number): number {
  return Math.max(BLOCK_GRANULE, Math.ceil((size >>> 0) / BLOCK_GRANULE) * BLOCK_GRANULE);
}

function alignmentBytes(bits: number): number {
  return 2 ** bits > BLOCK_GRANULE ? 2 ** bits : 0;
}
