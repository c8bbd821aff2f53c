/**
 * Notices a thread that repeats itself: for the third time it is about to run the same sequence of operations, which
 * would find what they found before and change nothing. Whether that is a loop without end is decided by `Spin`.
 *
 * A failed compare-exchange, a read-modify-write that leaves what it found, a notify that wakes nobody and a wait that
 * does not sleep count as reads. Each virtual thread has one watch, in its own worker.
 */
import { asElement, type Element, type IntegerView } from './native-atomics.ts';
import { addressOf, codeOf, Operation } from './operation.ts';

/** The longest loop that is noticed, in reads; a thread in a longer one yields after very many steps. */
export const MAX_PERIOD = 8;
const HISTORY = 32;

/** What a thread read since it last changed something. */
export class SpinWatch {
  readonly #keys = new Int32Array(HISTORY);
  readonly #values: Element[] = Array.from({ length: HISTORY }, () => 0);
  #length = 0;
  #period = 0;

  /** The thread changed memory, slept, or began: nothing that it read before counts. */
  progress(): void {
    this.#length = 0;
  }

  /** Takes down that an operation found `value` and changed nothing. */
  note(key: number, value: Element): void {
    const at = this.#length++ % HISTORY;
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  /** Whether the operation that is about to run would begin or go on with the third round of a sequence. */
  repeats(key: number, view: IntegerView, index: number, operand: Element, second: Element): boolean {
    if (this.#length < 2) return false;
    this.#period = this.#periodBefore(key);
    if (this.#period === 0) return false;
    const value = view[index];
    return (
      value !== undefined && value === this.#valueAt(this.#period) && !wouldChange(key, view, value, operand, second)
    );
  }

  /** The length of the sequence that was found to be repeated last. */
  get period(): number {
    return this.#period;
  }

  /** The addresses that the loop reads; those at which it notifies are inverted, since only a sleeper changes them. */
  addresses(): Set<number> {
    const addresses = new Set<number>();
    for (let back = 1; back <= this.#period; back++) {
      const key = this.#keyAt(back);
      addresses.add(codeOf(key) === Operation.NOTIFY ? ~addressOf(key) : addressOf(key));
    }
    return addresses;
  }

  /** The length of a sequence that was run twice and would begin for the third time, or 0. */
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

  #keyAt(back: number): number {
    return this.#keys[(this.#length - back) % HISTORY];
  }

  #valueAt(back: number): Element | undefined {
    return this.#values[(this.#length - back) % HISTORY];
  }
}

/**
 * Whether an operation would leave another value behind, or block or wake a thread. Of a wait, the operands are the
 * expected value and the timeout; the value that a notify finds is the number of those who sleep.
 */
function wouldChange(key: number, view: IntegerView, value: Element, operand: Element, second: Element): boolean {
  switch (codeOf(key)) {
    case Operation.COMPARE_EXCHANGE:
      return value === asElement(view, operand) && value !== asElement(view, second);
    case Operation.STORE:
    case Operation.EXCHANGE:
      return value !== asElement(view, operand);
    case Operation.ADD:
    case Operation.SUB:
    case Operation.XOR:
      return Number(asElement(view, operand)) !== 0;
    case Operation.AND:
      return value !== asElement(view, bitwise(value, operand, true));
    case Operation.OR:
      return value !== asElement(view, bitwise(value, operand, false));
    case Operation.WAIT:
    case Operation.WAIT_ASYNC:
      return value === operand && second !== 0;
    case Operation.NOTIFY:
      return value !== 0;
    default:
      return false;
  }
}

function bitwise(value: Element, operand: Element, and: boolean): Element {
  if (typeof value === 'bigint') return and ? value & BigInt(operand) : value | BigInt(operand);
  return and ? value & Number(operand) : value | Number(operand);
}
