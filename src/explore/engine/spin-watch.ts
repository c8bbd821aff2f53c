/**
 * Notices a thread that spins: it repeats the same sequence of reads for the third time, finds what it found before, and
 * has changed nothing in between. Such a thread steps back until somebody changes an address that it read in the loop.
 * Spin loops need no annotation for that (compare loom's `yield_now` and CHESS's fair scheduler).
 *
 * A failed compare-exchange and a read-modify-write that changes nothing count as reads. Two rounds only are no loop
 * yet: straight-line code often reads a word twice. Each virtual thread has one watch, in its own worker.
 */
import type { Element, IntegerView } from './native-atomics.ts';
import { addressOf, codeOf, Operation } from './operation.ts';

/** The longest loop that is noticed, in reads; a thread in a longer one yields after very many steps. */
const MAX_PERIOD = 8;
const HISTORY = 32;
const STACK_FRAMES = 8;

/** What a thread read since it last changed something. */
export class SpinWatch {
  readonly #keys = new Int32Array(HISTORY);
  readonly #values: Element[] = Array.from({ length: HISTORY }, () => 0);
  #length = 0;
  #period = 0;
  /** Reads in a row that only repeated the loop. */
  rereads = 0;
  /** The place of the loop in the code, where the search let the thread spin on. */
  site = 0;

  /** The thread changed memory, slept, or began: it makes progress. */
  progress(): void {
    this.#length = 0;
    this.rereads = 0;
  }

  /** Takes down that an operation found `value` and changed nothing. */
  note(key: number, value: Element): void {
    const at = this.#length++ % HISTORY;
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  /** Whether the operation that is about to run would only see again what its loop saw before. */
  isSpinning(key: number, view: IntegerView, index: number, operand: Element, second: Element): boolean {
    if (this.#length < 2) return false;
    this.#period = this.#periodBefore(key);
    if (this.#period === 0 || !this.#seesTheSame(key, view, index, operand, second)) return false;
    this.rereads++;
    return true;
  }

  /** The addresses that the loop reads. */
  addresses(): Set<number> {
    const addresses = new Set<number>();
    for (let back = 1; back <= this.#period; back++) addresses.add(addressOf(this.#keyAt(back)));
    return addresses;
  }

  /** The length of a sequence that was read twice and would begin for the third time, or 0. */
  #periodBefore(key: number): number {
    const longest = Math.min(MAX_PERIOD, this.#length >> 1);
    for (let period = 1; period <= longest; period++) {
      if (this.#keyAt(period) === key && this.#isRepeated(period)) return period;
    }
    return 0;
  }

  #isRepeated(period: number): boolean {
    for (let back = 1; back <= period; back++) {
      const same = this.#keyAt(back) === this.#keyAt(back + period);
      if (!same || this.#valueAt(back) !== this.#valueAt(back + period)) return false;
    }
    return true;
  }

  #seesTheSame(key: number, view: IntegerView, index: number, operand: Element, second: Element): boolean {
    const value = view[index];
    return value !== undefined && value === this.#valueAt(this.#period) && !wouldChange(key, value, operand, second);
  }

  #keyAt(back: number): number {
    return this.#keys[(this.#length - back) % HISTORY];
  }

  #valueAt(back: number): Element | undefined {
    return this.#values[(this.#length - back) % HISTORY];
  }
}

/** Whether a read-modify-write would leave another value behind. */
function wouldChange(key: number, value: Element, operand: Element, second: Element): boolean {
  switch (codeOf(key)) {
    case Operation.COMPARE_EXCHANGE:
      return value === operand && value !== second;
    case Operation.STORE:
    case Operation.EXCHANGE:
      return value !== operand;
    case Operation.ADD:
    case Operation.SUB:
    case Operation.XOR:
      return Number(operand) !== 0;
    case Operation.AND:
      return typeof value === 'bigint' ? (value & BigInt(operand)) !== value : (value & Number(operand)) !== value;
    case Operation.OR:
      return typeof value === 'bigint' ? (value | BigInt(operand)) !== value : (value | Number(operand)) !== value;
    default:
      return false;
  }
}

/** A hash over the positions of the calls that led here: the place of a loop. Takes some 10 µs. */
export function callSite(): number {
  const { stackTraceLimit } = Error;
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const holder: { stack?: unknown } = {};
  Error.stackTraceLimit = STACK_FRAMES;
  Error.prepareStackTrace = hashOfPositions;
  Error.captureStackTrace(holder, callSite);
  const hash = holder.stack;
  if (before === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
  else Object.defineProperty(Error, 'prepareStackTrace', before);
  Error.stackTraceLimit = stackTraceLimit;
  return typeof hash === 'number' ? hash : 0;
}

/** V8 knows the offset of a call in its script, which its type declarations leave out. */
function hashOfPositions(_error: Error, sites: NodeJS.CallSite[]): number {
  let hash = 7;
  for (const site of sites) hash = Math.imul(hash ^ (site as unknown as { getPosition(): number }).getPosition(), 31);
  return hash;
}
