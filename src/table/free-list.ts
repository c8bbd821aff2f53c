/**
 * The free-list table: one tuple of Int32 per free run, and a list of tuples for each length.
 *
 *   tuple     (start, length, previous, next)     at index ⌊start / 2⌋
 *   bins      length → a tuple of that length     links and bins hold start + 1, so that 0 means none
 *   bitmap    which bins are not empty            with summaries: "smallest length ≥ n" takes a few loads
 *
 * Free runs never touch (neighbours merge at once), so two of them start at least two units apart: ⌊start / 2⌋ is a
 * place of its own for each, found without search, and half as many tuples as units are enough for the worst case.
 * One list per exact length makes best fit a look-up, with no tree that some order of lengths could make deep. Lists
 * work last in, first out.
 *
 * Derived from the block map. Written and read under the lock. Invariant at every instant, also when the writer
 * vanishes between two stores: a bin that is not empty has its bit set, so a rebuild finds all there is to empty.
 */
import { Tuple } from '../layout/regions.ts';
import { NO_UNIT, type Unit } from '../layout/units.ts';
import type { Layout } from '../layout/layout.ts';
import { NO_BIT, SummaryBitmap } from './summary-bitmap.ts';

const tupleOf = (start: number) => (start >>> 1) * Tuple.WORDS;

/** Free runs by length. */
export class FreeList {
  readonly #tuples: Int32Array;
  readonly #bins: Int32Array;
  readonly #lengths: SummaryBitmap;

  constructor(layout: Layout) {
    this.#tuples = layout.viewOf(layout.regions.freeList);
    this.#bins = layout.viewOf(layout.regions.bins);
    this.#lengths = new SummaryBitmap(layout, layout.regions.binBitmap, layout.unitLimit + 1);
  }

  insert(start: Unit, length: number): void {
    const tuple = tupleOf(start);
    const next = this.#bins[length];
    this.#tuples[tuple + Tuple.START] = start;
    this.#tuples[tuple + Tuple.LENGTH] = length;
    this.#tuples[tuple + Tuple.PREVIOUS] = 0;
    this.#tuples[tuple + Tuple.NEXT] = next;
    if (next === 0) this.#lengths.set(length);
    else this.#tuples[tupleOf(next - 1) + Tuple.PREVIOUS] = start + 1;
    this.#bins[length] = start + 1;
  }

  remove(start: Unit): void {
    const tuple = tupleOf(start);
    const length = this.#tuples[tuple + Tuple.LENGTH];
    const previous = this.#tuples[tuple + Tuple.PREVIOUS];
    const next = this.#tuples[tuple + Tuple.NEXT];
    if (next !== 0) this.#tuples[tupleOf(next - 1) + Tuple.PREVIOUS] = previous;
    if (previous !== 0) {
      this.#tuples[tupleOf(previous - 1) + Tuple.NEXT] = next;
    } else {
      this.#bins[length] = next;
      if (next === 0) this.#lengths.clear(length);
    }
  }

  /** A free run of the smallest length that is at least `length`, or NO_UNIT. */
  smallestAtLeast(length: number): Unit {
    const found = this.#lengths.firstAtOrAfter(length);
    return found === NO_BIT ? NO_UNIT : ((this.#bins[found] - 1) as Unit);
  }

  /** Empties all lists. Idempotent, whatever state they are in. */
  clear(): void {
    this.#lengths.drain((length) => (this.#bins[length] = 0));
  }

  /** The tuple of the run that starts at `start` as (start, length), for `check`. */
  tupleAt(start: Unit): readonly [start: number, length: number] {
    const tuple = tupleOf(start);
    return [this.#tuples[tuple + Tuple.START], this.#tuples[tuple + Tuple.LENGTH]];
  }

  /** Calls `visit` for every run on every list, for `check`. Returns false if links contradict each other. */
  walk(visit: (start: Unit, length: number) => void): boolean {
    for (let length = 0; (length = this.#lengths.firstAtOrAfter(length)) !== NO_BIT; length++) {
      if (this.#bins[length] === 0) return false;
      let previous = 0;
      for (let link = this.#bins[length]; link !== 0;) {
        const tuple = tupleOf(link - 1);
        if (this.#tuples[tuple + Tuple.PREVIOUS] !== previous) return false;
        visit((link - 1) as Unit, length);
        previous = link;
        link = this.#tuples[tuple + Tuple.NEXT]!;
      }
    }
    return this.#lengths.isConsistent();
  }
}
