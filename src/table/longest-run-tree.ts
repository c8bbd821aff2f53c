/**
 * Answers "which is the lowest free run of at least n units": a tree of maxima over chunks of 32 units, laid out
 * without pointers.
 *
 *   root                      9
 *   level 1        9                  3          one node per TREE_ARITY nodes of the level below
 *   level 0     4  0  9  1         2  0  3       longest free run that starts in the chunk of 32 units
 *
 * Its shape depends on addresses only, so no pattern of lengths makes it deep: a look-up visits at most TREE_ARITY
 * nodes a level, a change stops at the first level whose maximum stays. Derived from block map and head bitmap;
 * written and read under the lock.
 */
import { BITS_PER_WORD, NO_UNIT, type Unit } from '../layout/units.ts';
import { levelSizes, TREE_ARITY } from '../layout/regions.ts';
import type { Layout } from '../layout/layout.ts';
import type { BlockMap } from './block-map.ts';
import type { SummaryBitmap } from './summary-bitmap.ts';

const ARITY_SHIFT = Math.log2(TREE_ARITY);
const CHUNK_SHIFT = Math.log2(BITS_PER_WORD);
const ALL_BITS = -1;

/** The tree of longest free runs. */
export class LongestRunTree {
  readonly #levels: Int32Array[] = [];
  readonly #top: number;
  readonly #map: BlockMap;
  readonly #heads: SummaryBitmap;

  constructor(layout: Layout, map: BlockMap, heads: SummaryBitmap) {
    const words = layout.viewOf(layout.regions.longestRuns);
    let start = 0;
    for (const size of levelSizes(Math.ceil(layout.unitLimit / BITS_PER_WORD), TREE_ARITY)) {
      this.#levels.push(words.subarray(start, (start += size)));
    }
    this.#top = this.#levels.length - 1;
    this.#map = map;
    this.#heads = heads;
  }

  /** Units of the longest free run, 0 when there is none. */
  longest(): number {
    return this.#levels[this.#top][0];
  }

  /** A free run of `length` units starts at `unit` now. */
  raise(unit: Unit, length: number): void {
    let index = unit >>> CHUNK_SHIFT;
    for (let level = 0; level <= this.#top; level++, index >>>= ARITY_SHIFT) {
      const nodes = this.#levels[level];
      if (nodes[index] >= length) return;
      nodes[index] = length;
    }
  }

  /** No free run of `length` units starts at `unit` any more. */
  lower(unit: Unit, length: number): void {
    let index = unit >>> CHUNK_SHIFT;
    if (this.#levels[0][index] > length) return;
    let longest = this.#longestInChunk(index);
    for (let level = 0; ; level++) {
      const nodes = this.#levels[level];
      if (nodes[index] === longest) return;
      nodes[index] = longest;
      if (level === this.#top) return;
      index >>>= ARITY_SHIFT;
      if (this.#levels[level + 1][index] > length) return;
      longest = maximum(nodes, index << ARITY_SHIFT);
    }
  }

  /** Recomputes all nodes over the first `unitCount` units, writing only those that differ. */
  rebuild(unitCount: number): void {
    const chunks = ((unitCount - 1) >>> CHUNK_SHIFT) + 1;
    for (let chunk = 0; chunk < chunks; chunk++) writeIfDifferent(this.#levels[0], chunk, this.#longestInChunk(chunk));
    for (let level = 1, count = chunks; level <= this.#top; level++) {
      count = ((count - 1) >>> ARITY_SHIFT) + 1;
      const nodes = this.#levels[level];
      const children = this.#levels[level - 1];
      for (let index = 0; index < count; index++) {
        writeIfDifferent(nodes, index, maximum(children, index << ARITY_SHIFT));
      }
    }
  }

  /** The lowest free run of at least `length` units, or NO_UNIT. */
  lowestAtLeast(length: number): Unit {
    return this.longest() < length ? NO_UNIT : this.#descend(this.#top, 0, length);
  }

  /** The lowest free run of at least `length` units that starts at `unit` or above, or NO_UNIT. */
  lowestAtLeastFrom(length: number, unit: Unit): Unit {
    let index = unit >>> CHUNK_SHIFT;
    const found = this.#firstInChunk(index, length, ALL_BITS << (unit & (BITS_PER_WORD - 1)));
    if (found !== NO_UNIT) return found;
    for (let level = 0; level < this.#top; level++, index >>>= ARITY_SHIFT) {
      const sibling = this.#siblingAtLeast(level, index, length);
      if (sibling >= 0) return this.#descend(level, sibling, length);
    }
    return NO_UNIT;
  }

  /** The next node to the right under the same parent with at least `length`, or −1. */
  #siblingAtLeast(level: number, index: number, length: number): number {
    const nodes = this.#levels[level];
    const end = Math.min(nodes.length, ((index >>> ARITY_SHIFT) + 1) << ARITY_SHIFT);
    for (let sibling = index + 1; sibling < end; sibling++) if (nodes[sibling] >= length) return sibling;
    return -1;
  }

  #descend(level: number, index: number, length: number): Unit {
    while (level-- > 0) {
      const nodes = this.#levels[level];
      index <<= ARITY_SHIFT;
      while (nodes[index] < length) index++;
    }
    return this.#firstInChunk(index, length, ALL_BITS);
  }

  #firstInChunk(chunk: number, length: number, mask: number): Unit {
    const first = chunk << CHUNK_SHIFT;
    for (let bits = this.#heads.wordAt(first) & mask; bits !== 0; bits &= bits - 1) {
      const unit = first | (31 - Math.clz32(bits & -bits));
      if (this.#map.freeUnitsAt(unit) >= length) return unit as Unit;
    }
    return NO_UNIT;
  }

  #longestInChunk(chunk: number): number {
    const first = chunk << CHUNK_SHIFT;
    let longest = 0;
    for (let bits = this.#heads.wordAt(first); bits !== 0; bits &= bits - 1) {
      const length = this.#map.freeUnitsAt(first | (31 - Math.clz32(bits & -bits)));
      if (length > longest) longest = length;
    }
    return longest;
  }

  /** Whether every node is the maximum of what lies below it, for `check`. */
  isConsistent(): boolean {
    for (let level = 0; level <= this.#top; level++) {
      const nodes = this.#levels[level];
      for (let index = 0; index < nodes.length; index++) {
        const expected =
          level === 0 ? this.#longestInChunk(index) : maximum(this.#levels[level - 1], index << ARITY_SHIFT);
        if (nodes[index] !== expected) return false;
      }
    }
    return true;
  }
}

/** The greatest of TREE_ARITY nodes from `first` on; the last group of a level may be shorter. */
function maximum(nodes: Int32Array, first: number): number {
  const end = Math.min(nodes.length, first + TREE_ARITY);
  let greatest = 0;
  for (let index = first; index < end; index++) if (nodes[index] > greatest) greatest = nodes[index]!;
  return greatest;
}

function writeIfDifferent(words: Int32Array, index: number, word: number): void {
  if (words[index] !== word) words[index] = word;
}
