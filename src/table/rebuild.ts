/**
 * Derives everything from the block map: head bitmap, free list, tree, counters. Used after a change that was cut
 * short, whatever the cause; the caller holds the lock and DIRTY stays set until it is done, so that a rebuild which
 * is itself cut short is simply done again.
 *
 * Idempotent. Words that threads read without the lock (head bitmap, block map) are written only where they differ,
 * so live blocks stay accessible meanwhile. Linear in units under management.
 */
import { Guarded } from '../layout/regions.ts';
import { BITS_PER_WORD, type Unit } from '../layout/units.ts';
import type { TableWords } from './table-words.ts';
import { headAfter, managedUnits } from './block-walk.ts';

/**
 * Rebuilds all that is derived.
 *
 * @throws AllocatorError `CORRUPTED` before anything derived is written, if foreign hands wrote the block map
 */
export function rebuild(table: TableWords): void {
  const unitCount = managedUnits(table);
  mergeFreeNeighbours(table);
  rebuildHeads(table);
  rebuildFreeList(table);
  table.free.tree.rebuild(unitCount);
  const words = table.layout.words;
  words[Guarded.PEAK_USED_UNITS] = Math.max(words[Guarded.PEAK_USED_UNITS], words[Guarded.USED_UNITS]);
}

/** A growth that was cut short leaves two free runs side by side: the only way in which they can touch. */
function mergeFreeNeighbours(table: TableWords): void {
  const { map, unitCount } = table;
  for (let head = 0; head < unitCount;) {
    const next = headAfter(table, head, unitCount);
    const mergeable = map.at(head) < 0 && next < unitCount && map.at(next) < 0;
    if (mergeable) map.commit(head as Unit, head - headAfter(table, next, unitCount));
    else head = next;
  }
}

function rebuildHeads({ map, heads, unitCount }: TableWords): void {
  let head = 0;
  for (let first = 0; first < unitCount; first += BITS_PER_WORD) {
    let word = 0;
    for (; head < Math.min(unitCount, first + BITS_PER_WORD); head += map.unitsAt(head)) word |= 1 << (head & 31);
    heads.replaceWord(first, word);
  }
  heads.deriveSummaries(unitCount);
}

/** From the highest run to the lowest, so that each list ends up in address order. */
function rebuildFreeList({ map, heads, free, layout, unitCount }: TableWords): void {
  let usedUnits = 0;
  let freeRuns = 0;
  free.list.clear();
  for (let end = unitCount; end > 0;) {
    const head = heads.lastAtOrBefore(end - 1);
    const freeUnits = map.freeUnitsAt(head);
    if (freeUnits === 0) usedUnits += map.unitsAt(head);
    else freeRuns++;
    if (freeUnits > 0) free.list.insert(head as Unit, freeUnits);
    end = head;
  }
  layout.words[Guarded.USED_UNITS] = usedUnits;
  layout.words[Guarded.FREE_RUNS] = freeRuns;
}
