/**
 * Which memory was whose, and when: a history against which to hold the promise that no two blocks overlap in address
 * and time at once. It needs no map that could itself be wrong at the time; it is judged when all is over.
 *
 *   words[0]   the clock, counted up by every note      words[1]   how many intervals there are
 *   then       address granule · size in granules · identity · begin · end (0 = still open) · unused, each
 *
 * Noted are blocks that touch a sampled page: one page of 4 KiB in SAMPLED, the same for all threads, so of two blocks
 * that overlap there both are noted. An interval begins after the heap has given the block out and ends before it is
 * given back: it lies within the true one, so an overlap is never a false alarm. The last word written of an interval
 * is its begin: one whose thread died before has none, and is not judged.
 */
import { GRANULE_BYTES } from './shadow-map.ts';

const CLOCK = 0;
const COUNT = 1;
const FIRST = 2;
const Word = { START: 0, LENGTH: 1, IDENTITY: 2, BEGIN: 3, END: 4, WORDS: 6 } as const;
const CAPACITY = 16_384;
const PAGE_GRANULES = 4096 / GRANULE_BYTES;
const SAMPLED = 16;
const NOT_NOTED = 0;

/** Two blocks that were live at the same time over the same memory. */
export interface Overlap {
  readonly identity: number;
  readonly other: number;
  readonly address: number;
  readonly size: number;
}

interface Interval {
  readonly start: number;
  readonly end: number;
  readonly identity: number;
  readonly begun: number;
  readonly ended: number;
}

export class IntervalHistory {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #salt: number;

  /** @param seed - decides which pages are sampled */
  constructor(buffer: SharedArrayBuffer, seed: number) {
    this.#words = new Int32Array(buffer);
    this.#salt = Math.imul(seed, 0x9e37_79b1);
  }

  static reserve(): SharedArrayBuffer {
    return new SharedArrayBuffer((FIRST + CAPACITY * Word.WORDS) * 4);
  }

  /** Notes that a block is live from now on. Returns its interval for `end`, 0 when it is not noted. */
  begin(identity: number, address: number, size: number): number {
    const start = address / GRANULE_BYTES;
    const length = Math.max(1, Math.ceil(size / GRANULE_BYTES));
    if (!this.#isSampled(start, length)) return NOT_NOTED;
    if (Atomics.load(this.#words, COUNT) >= CAPACITY) return NOT_NOTED;
    const index = Atomics.add(this.#words, COUNT, 1);
    if (index >= CAPACITY) return NOT_NOTED;
    const at = FIRST + index * Word.WORDS;
    this.#words[at + Word.START] = start;
    this.#words[at + Word.LENGTH] = length;
    this.#words[at + Word.IDENTITY] = identity;
    Atomics.store(this.#words, at + Word.BEGIN, this.#tick());
    return index + 1;
  }

  /** @param interval - what `begin` returned */
  end(interval: number): void {
    if (interval === NOT_NOTED) return;
    Atomics.store(this.#words, FIRST + (interval - 1) * Word.WORDS + Word.END, this.#tick());
  }

  #tick(): number {
    return Atomics.add(this.#words, CLOCK, 1) + 1;
  }

  #isSampled(start: number, length: number): boolean {
    const last = Math.floor((start + length - 1) / PAGE_GRANULES);
    for (let page = Math.floor(start / PAGE_GRANULES); page <= last; page++) if (this.#samples(page)) return true;
    return false;
  }

  #samples(page: number): boolean {
    return (Math.imul(page ^ this.#salt, 0x85eb_ca6b) >>> 16) % SAMPLED === 0;
  }

  /** Forgets everything, when nobody works. */
  clear(): void {
    this.#words.fill(0);
  }

  get intervalCount(): number {
    return Math.min(CAPACITY, Atomics.load(this.#words, COUNT));
  }

  /** Looks for overlaps, when nobody works: plays the history back and keeps who is live on each sampled granule. */
  overlaps(): Overlap[] {
    const found: Overlap[] = [];
    const live = new Map<number, Interval>();
    for (const { interval, begins } of this.#events()) {
      for (const granule of this.#sampledGranules(interval)) {
        const other = live.get(granule);
        if (!begins && other === interval) live.delete(granule);
        if (!begins) continue;
        live.set(granule, interval);
        if (other === undefined) continue;
        found.push(overlapOf(interval, other));
        break;
      }
    }
    return found;
  }

  /** Begins and ends in the order of the clock. */
  #events(): { readonly interval: Interval; readonly begins: boolean }[] {
    return this.#intervals()
      .flatMap((interval) => [
        { at: interval.begun, interval, begins: true },
        { at: interval.ended, interval, begins: false },
      ])
      .filter(({ at }) => at !== Infinity)
      .toSorted((a, b) => a.at - b.at);
  }

  #intervals(): Interval[] {
    return Array.from({ length: this.intervalCount }, (_, index) => {
      const [start, length, identity, begun, ended] = this.#words.subarray(FIRST + index * Word.WORDS);
      return { start, end: start + length, identity, begun, ended: ended === 0 ? Infinity : ended };
    }).filter(({ begun }) => begun > 0);
  }

  /** Nowhere else can a block be sure to meet the others that were there. */
  *#sampledGranules({ start, end }: Interval): Iterable<number> {
    for (let page = Math.floor(start / PAGE_GRANULES); page * PAGE_GRANULES < end; page++) {
      if (!this.#samples(page)) continue;
      const last = Math.min(end, (page + 1) * PAGE_GRANULES);
      for (let granule = Math.max(start, page * PAGE_GRANULES); granule < last; granule++) yield granule;
    }
  }
}

function overlapOf(interval: Interval, other: Interval): Overlap {
  const start = Math.max(interval.start, other.start);
  const length = Math.min(interval.end, other.end) - start;
  return {
    identity: interval.identity,
    other: other.identity,
    address: start * GRANULE_BYTES,
    size: length * GRANULE_BYTES,
  };
}
