/**
 * All that is derived from the block map about free runs: the lists by length, the tree by address. One place that
 * keeps the two in step, and the questions that fits ask.
 */
import { NO_UNIT, unitAfter, type Unit } from '../layout/units.ts';
import type { Layout } from '../layout/layout.ts';
import type { FreeRunIndex as FitQueries } from '../fit/fit.ts';
import type { BlockMap } from './block-map.ts';
import { FreeList } from './free-list.ts';
import { LongestRunTree } from './longest-run-tree.ts';
import { NO_BIT, type SummaryBitmap } from './summary-bitmap.ts';

/** Finds free runs by length and by address. */
export class FreeRunIndex implements FitQueries {
  readonly list: FreeList;
  readonly tree: LongestRunTree;
  readonly #map: BlockMap;
  readonly #heads: SummaryBitmap;

  constructor(layout: Layout, map: BlockMap, heads: SummaryBitmap) {
    this.list = new FreeList(layout);
    this.tree = new LongestRunTree(layout, map, heads);
    this.#map = map;
    this.#heads = heads;
  }

  lowestAtLeast(unitCount: number): Unit {
    return this.tree.lowestAtLeast(unitCount);
  }

  smallestAtLeast(unitCount: number): Unit {
    return this.list.smallestAtLeast(unitCount);
  }

  lowestAtLeastFrom(unitCount: number, unit: Unit): Unit {
    return this.tree.lowestAtLeastFrom(unitCount, unit);
  }

  largest(): Unit {
    const longest = this.tree.longest();
    return longest === 0 ? NO_UNIT : this.tree.lowestAtLeast(longest);
  }

  lengthAt(unit: Unit): number {
    return unit >= 0 && this.#heads.has(unit) ? this.#map.freeUnitsAt(unit) : 0;
  }

  nextFrom(unit: Unit, beyond = false): Unit {
    let head = this.#heads.firstAtOrAfter(beyond ? unitAfter(unit, 1) : unit);
    while (head !== NO_BIT && this.#map.freeUnitsAt(head) === 0) head = this.#heads.firstAtOrAfter(head + 1);
    return head === NO_BIT ? NO_UNIT : (head as Unit);
  }
}
