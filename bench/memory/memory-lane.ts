/**
 * One stream of a trace, replayed on the heap that all streams share, as the stress tool does it, but without looking
 * at what the heap answers: streams wait for blocks that others hand over, and keep within a window of each other.
 * Every byte asked for is written, as a program would. What the program never freed stays live.
 */
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import { Control } from '../../src/stress/control/control.ts';
import { NO_MAILBOX, Step, WINDOW } from '../../src/stress/traces/plan.ts';
import { Operation } from '../../src/stress/traces/trace.ts';
import type { Round } from '../measure/lane.ts';

/** A plan of src/stress/traces/plan.ts, and what its streams share. */
export interface MemoryLane {
  readonly handle: HeapHandle;
  readonly control: SharedArrayBuffer;
  readonly mailboxes: SharedArrayBuffer;
  readonly mailboxCount: number;
  readonly objectCount: number;
  readonly steps: SharedArrayBuffer;
  /** For each stream of a copy: its steps, and how many of them are operations of the trace. */
  readonly streams: readonly SharedArrayBuffer[];
  readonly operationCounts: readonly number[];
}

const BLOCK_GRANULE = 16;
const FILLING = 1;

export function share(parameters: MemoryLane): MemoryLane {
  return parameters;
}

export function prepare(_parameters: MemoryLane, shared: MemoryLane, thread: number): Round {
  const stream = new TraceStream(shared, thread);
  return (count) => {
    if (count > 0) stream.replay();
  };
}

class TraceStream {
  readonly #heap: MemoryManager;
  readonly #control: Control;
  readonly #mailboxes: Int32Array<SharedArrayBuffer>;
  readonly #steps: Int32Array;
  readonly #indices: Int32Array;
  /** Addresses of the blocks that this stream holds, by object. */
  readonly #blocks: Float64Array;
  readonly #thread: number;
  readonly #firstStream: number;
  readonly #streamsPerCopy: number;
  readonly #firstMailbox: number;
  #bytes: Uint8Array;
  /** Live bytes that the others have not been told of yet. */
  #untold = 0;
  #limit = 0;

  constructor(shared: MemoryLane, thread: number) {
    const { streams, operationCounts } = shared;
    const inCopy = thread % streams.length;
    this.#heap = MemoryManager.attach(shared.handle);
    this.#control = new Control(shared.control);
    this.#mailboxes = new Int32Array(shared.mailboxes);
    this.#steps = new Int32Array(shared.steps);
    this.#indices = new Int32Array(streams[inCopy], 0, operationCounts[inCopy]);
    this.#blocks = new Float64Array(shared.objectCount);
    this.#thread = thread;
    this.#firstStream = thread - inCopy;
    this.#streamsPerCopy = streams.length;
    this.#firstMailbox = ((thread - inCopy) / streams.length) * shared.mailboxCount;
    this.#bytes = new Uint8Array(this.#heap.buffer, 0, this.#heap.buffer.byteLength);
  }

  replay(): void {
    for (const step of this.#indices) {
      this.#control.publish(this.#thread, step, 0);
      if (step >= this.#limit) this.#limit = this.#awaitWindow(step);
      this.#doStep(step * Step.WORDS);
    }
    this.#control.finish(this.#thread);
  }

  #doStep(at: number): void {
    const object = this.#steps[at + Step.OBJECT];
    const size = this.#steps[at + Step.SIZE] >>> 0;
    const oldSize = this.#steps[at + Step.OLD_SIZE] >>> 0;
    if (this.#steps[at + Step.TAKE] !== NO_MAILBOX) this.#blocks[object] = this.#fetch(this.#steps[at + Step.TAKE]);
    this.#blocks[object] = this.#perform(at, this.#blocks[object], size);
    if (size > oldSize) this.#fill(this.#blocks[object] + oldSize, size - oldSize);
    this.#untold = this.#control.addLive(this.#untold + size - oldSize);
    if (this.#steps[at + Step.GIVE] !== NO_MAILBOX) this.#send(this.#steps[at + Step.GIVE], this.#blocks[object]);
  }

  /** The address of the block after the operation; 0 after a free. */
  #perform(at: number, address: number, size: number): number {
    const operation = this.#steps[at + Step.OPERATION];
    if (operation === Operation.FREE) {
      this.#heap.deallocate(address);
      return 0;
    }
    const alignmentBits = this.#steps[at + Step.ALIGNMENT_BITS];
    const options = alignmentBits === 0 ? undefined : { alignment: 2 ** alignmentBits };
    const block =
      operation === Operation.ALLOCATE ? this.#heap.allocate(size, options) : this.#heap.reallocate(address, size);
    if (block === null) throw new Error('the heap is full');
    return block;
  }

  #fill(address: number, byteLength: number): void {
    const end = address + byteLength;
    if (end > this.#bytes.length) this.#bytes = new Uint8Array(this.#heap.buffer, 0, this.#heap.buffer.byteLength);
    this.#bytes.fill(FILLING, address, end);
  }

  #send(mailbox: number, address: number): void {
    const index = this.#firstMailbox + mailbox;
    Atomics.store(this.#mailboxes, index, address / BLOCK_GRANULE);
    Atomics.notify(this.#mailboxes, index);
  }

  #fetch(mailbox: number): number {
    const index = this.#firstMailbox + mailbox;
    const attempt = (): number | undefined => Atomics.load(this.#mailboxes, index) || undefined;
    const granule = attempt() ?? this.#control.blockUntil(this.#thread, attempt, this.#mailboxes, index, 0);
    if (granule === undefined) throw new Error('the streams wait for each other');
    return granule * BLOCK_GRANULE;
  }

  /** The first step that this stream may not do before it asks again. */
  #awaitWindow(step: number): number {
    if (this.#streamsPerCopy === 1) return Infinity;
    const attempt = (): number | undefined => {
      const limit = this.#control.lowestPosition(this.#firstStream, this.#streamsPerCopy) + WINDOW;
      return limit > step ? limit : undefined;
    };
    const limit = attempt() ?? this.#control.blockUntil(this.#thread, attempt);
    if (limit === undefined) throw new Error('the streams wait for each other');
    return limit;
  }
}
