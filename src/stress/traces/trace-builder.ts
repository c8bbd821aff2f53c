/**
 * Builds a trace operation by operation and refuses what no program can do: allocating an object twice, touching one
 * that is unknown or free. Operation i stands on line i + 1 of its file, so every complaint can name the line.
 *
 *   object number of the file ──numbers──▶ dense object ──▶ size, first line, line of its free (0 while live)
 */
import { Operation, TraceError, TraceWord, type Trace } from './trace.ts';

/** The words kept for one object while the trace is built. */
const ObjectWord = { SIZE: 0, ALLOCATED_ON: 1, FREED_ON: 2, WORDS: 3 } as const;

const MAX_THREADS = 65_536;

export class TraceBuilder {
  readonly #name: string;
  readonly #threads = new Map<number, number>();
  readonly #numbers = new Map<number, number>();
  #records = new Int32Array(4096 * TraceWord.WORDS);
  #objects = new Int32Array(1024 * ObjectWord.WORDS);
  #operationCount = 0;
  #liveBytes = 0;
  #peakLiveBytes = 0;
  #peakOperation = 0;

  /** @param name - what errors and reports call the trace */
  constructor(name: string) {
    this.#name = name;
  }

  /** The line on which the next operation stands. */
  get line(): number {
    return this.#operationCount + 1;
  }

  /** @param alignmentBits - binary logarithm of the alignment, 0 for none */
  allocate(thread: number, object: number, size: number, alignmentBits = 0): void {
    const known = this.#numbers.get(object);
    if (known !== undefined) {
      const first = this.#objects[known * ObjectWord.WORDS + ObjectWord.ALLOCATED_ON];
      this.refuse(`object ${object} is allocated a second time (first on line ${first})`);
    }
    const index = this.#numbers.size;
    this.#numbers.set(object, index);
    if ((index + 1) * ObjectWord.WORDS > this.#objects.length) this.#objects = doubled(this.#objects);
    this.#objects[index * ObjectWord.WORDS + ObjectWord.ALLOCATED_ON] = this.line;
    this.#append(thread, Operation.ALLOCATE, index, size, alignmentBits);
  }

  reallocate(thread: number, object: number, size: number): void {
    this.#append(thread, Operation.REALLOCATE, this.#liveObject(object, 'reallocated'), size, 0);
  }

  free(thread: number, object: number): void {
    const index = this.#liveObject(object, 'freed');
    const line = this.line;
    this.#append(thread, Operation.FREE, index, 0, 0);
    this.#objects[index * ObjectWord.WORDS + ObjectWord.FREED_ON] = line;
  }

  /** Throws the complaint about the line on which the next operation stands. */
  refuse(problem: string): never {
    throw new TraceError(this.#name, this.line, problem);
  }

  finish(): Trace {
    if (this.#operationCount === 0) throw new TraceError(this.#name, 0, 'holds no operation');
    return {
      name: this.#name,
      records: this.#records.slice(0, this.#operationCount * TraceWord.WORDS),
      operationCount: this.#operationCount,
      threadCount: this.#threads.size,
      objectCount: this.#numbers.size,
      peakLiveBytes: this.#peakLiveBytes,
      peakOperation: this.#peakOperation,
    };
  }

  #liveObject(object: number, done: string): number {
    const index = this.#numbers.get(object);
    if (index === undefined) return this.refuse(`object ${object} is ${done} but was never allocated`);
    const freedOn = this.#objects[index * ObjectWord.WORDS + ObjectWord.FREED_ON];
    if (freedOn !== 0) this.refuse(`object ${object} is ${done} after it was freed on line ${freedOn}`);
    return index;
  }

  #threadIndex(thread: number): number {
    const known = this.#threads.get(thread);
    if (known !== undefined) return known;
    if (this.#threads.size === MAX_THREADS) this.refuse(`more than ${MAX_THREADS} threads`);
    this.#threads.set(thread, this.#threads.size);
    return this.#threads.size - 1;
  }

  #append(thread: number, operation: number, object: number, size: number, alignmentBits: number): void {
    const at = this.#operationCount * TraceWord.WORDS;
    if (at + TraceWord.WORDS > this.#records.length) this.#records = doubled(this.#records);
    const sizeAt = object * ObjectWord.WORDS + ObjectWord.SIZE;
    const oldSize = this.#objects[sizeAt] >>> 0;
    this.#records[at + TraceWord.THREAD] = this.#threadIndex(thread);
    this.#records[at + TraceWord.OPERATION] = operation;
    this.#records[at + TraceWord.OBJECT] = object;
    this.#records[at + TraceWord.SIZE] = size;
    this.#records[at + TraceWord.OLD_SIZE] = oldSize;
    this.#records[at + TraceWord.ALIGNMENT_BITS] = alignmentBits;
    this.#objects[sizeAt] = size;
    this.#liveBytes += size - oldSize;
    if (this.#liveBytes > this.#peakLiveBytes) {
      this.#peakLiveBytes = this.#liveBytes;
      this.#peakOperation = this.#operationCount;
    }
    this.#operationCount++;
  }
}

function doubled(words: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * words.length);
  larger.set(words);
  return larger;
}
