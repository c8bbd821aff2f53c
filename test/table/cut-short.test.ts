import { describe, expect, test } from 'vitest';
import { builtInFit } from '../../src/fit/fit.ts';
import { checkLocked } from '../../src/inspect/check.ts';
import { Layout } from '../../src/layout/layout.ts';
import type { Unit } from '../../src/layout/units.ts';
import { BlockTable } from '../../src/table/block-table.ts';
import { rebuild } from '../../src/table/rebuild.ts';
import { CountingLayout, runCuttable, StoreCounter } from '../support/cutting.ts';
import { segmentsOf, tableOf, takeAll } from '../support/tables.ts';

const FIT = builtInFit('first-fit')!;
const UNITS = 300;
const UNIT_LIMIT = 1100;

type Change = (table: BlockTable) => void;

/** The same heap once more, in a buffer of its own. */
function copyOf({ layout: { buffer, base } }: BlockTable): BlockTable {
  const copy = new SharedArrayBuffer(buffer.byteLength);
  new Uint8Array(copy).set(new Uint8Array(buffer, 0, base));
  return new BlockTable(new Layout(copy), FIT);
}

/** Makes `change` to a table, through counted stores, and tells whether it was cut short. */
function makeUntil(cutAt: number, change: Change, { layout }: BlockTable): { counter: StoreCounter; wasCut: boolean } {
  const counter = new StoreCounter(cutAt);
  const counted = new BlockTable(new CountingLayout(layout.buffer, counter), FIT);
  return { counter, wasCut: runCuttable(() => change(counted)) };
}

/** Calls `visit` with what `change` leaves behind when it is cut short before its first, second, … last store. */
function forEachCut(before: BlockTable, change: Change, visit: (torn: BlockTable) => void): number {
  for (let cutAt = 0; ; cutAt++) {
    const torn = copyOf(before);
    if (!makeUntil(cutAt, change, torn).wasCut) return cutAt;
    visit(torn);
  }
}

/** Blocks of 3 units with gaps of 2 between them, one more block, a free tail: [b][f][b][f]…[b][tail]. */
function gappedTable(unitLimit: number = UNIT_LIMIT): BlockTable {
  const table = tableOf(UNITS, unitLimit);
  const lengths = Array.from({ length: 17 }, (_, index) => (index % 2 === 0 ? 3 : 2));
  const blocks = takeAll(table, lengths);
  for (let index = 1; index < blocks.length; index += 2) table.giveBack(blocks[index]);
  return table;
}

/** One block that holds all memory. */
function fullTable(): BlockTable {
  const table = tableOf(UNITS, UNIT_LIMIT);
  table.take(UNITS, 1);
  return table;
}

const SECOND = 5 as Unit; // the second block of the gapped table, with free runs on both sides
const FIRST = 0 as Unit;

const scenarios: { title: string; start: () => BlockTable; change: Change }[] = [
  { title: 'taking a whole run', start: () => gappedTable(), change: (table) => table.take(2, 1) },
  { title: 'taking a part of a run', start: () => gappedTable(), change: (table) => table.take(1, 1) },
  { title: 'taking from the tail', start: () => gappedTable(), change: (table) => table.take(40, 1) },
  {
    title: 'taking with an aligned prefix and a rest',
    start: () => gappedTable(),
    change: (table) => table.take(40, 64),
  },
  {
    title: 'taking with an aligned prefix, no rest',
    start: () => gappedTable(),
    change: (table) => table.take(UNITS - 64, 64),
  },
  { title: 'giving back between two free runs', start: () => gappedTable(), change: (table) => table.giveBack(SECOND) },
  { title: 'giving back before a free run', start: () => gappedTable(), change: (table) => table.giveBack(FIRST) },
  { title: 'giving back the only block', start: fullTable, change: (table) => table.giveBack(FIRST) },
  {
    title: 'resizing into a part of the next run',
    start: () => gappedTable(),
    change: (table) => table.resize(SECOND, 4),
  },
  {
    title: 'resizing into all of the next run',
    start: () => gappedTable(),
    change: (table) => table.resize(SECOND, 5),
  },
  { title: 'shrinking before a free run', start: () => gappedTable(), change: (table) => table.resize(SECOND, 1) },
  { title: 'shrinking before the end', start: fullTable, change: (table) => table.resize(FIRST, 33) },
  { title: 'extending behind a free run', start: () => gappedTable(), change: (table) => table.extend(UNIT_LIMIT) },
  { title: 'extending behind a block', start: fullTable, change: (table) => table.extend(UNIT_LIMIT) },
];

describe.each(scenarios)('$title', ({ start, change }) => {
  test('cut short at any store, is repaired to the state before or after it', () => {
    const before = start();
    const after = copyOf(before);
    change(after);
    expect(segmentsOf(after)).not.toEqual(segmentsOf(before));
    const seen = new Set<string>();
    const cuts = forEachCut(before, change, (torn) => {
      torn.repairIfDirty();
      checkLocked(torn);
      seen.add(JSON.stringify(segmentsOf(torn)));
    });
    expect(cuts).toBeGreaterThan(3);
    expect(seen).toEqual(new Set([before, after].map((table) => JSON.stringify(segmentsOf(table)))));
  });

  test('cut short at any store, is repaired even if each repair is cut short at any store', () => {
    forEachCut(start(), change, (torn) => {
      const repaired = copyOf(torn);
      repaired.repairIfDirty();
      const expected = segmentsOf(repaired);
      forEachCut(
        torn,
        (table) => table.repairIfDirty(),
        (tornAgain) => {
          tornAgain.repairIfDirty();
          checkLocked(tornAgain);
          expect(segmentsOf(tornAgain)).toEqual(expected);
        },
      );
    });
  });
});

describe('rebuild', () => {
  test('changes nothing in a table that is whole', () => {
    const table = gappedTable();
    const before = segmentsOf(table);
    rebuild(table);
    checkLocked(table);
    expect(segmentsOf(table)).toEqual(before);
  });

  test('is idempotent: a second one leaves every word as it is', () => {
    const table = gappedTable();
    rebuild(table);
    const once = Uint8Array.from(new Uint8Array(table.layout.buffer, 0, table.layout.base));
    rebuild(table);
    expect(Buffer.compare(once, new Uint8Array(table.layout.buffer, 0, table.layout.base))).toBe(0);
  });

  test('does not store to words that others read without the lock unless they differ', () => {
    const table = gappedTable();
    const { counter } = makeUntil(Infinity, rebuild, table);
    expect(counter.regions.has('free-list table')).toBe(true);
    expect(counter.regions.has('block map')).toBe(false);
    expect(counter.regions.has('head bitmap')).toBe(false);
    expect(counter.regions.has('longest-run tree')).toBe(false);
  });

  test('derives the tree and the tuples anew whatever was in them', () => {
    const table = gappedTable(UNITS);
    const { freeList, longestRuns } = table.layout.regions;
    for (const words of [freeList, longestRuns].map((region) => table.layout.viewOf(region))) {
      for (let index = 0; index < words.length; index++) words[index] = Math.imul(index, 0x9e3779b1) | 1;
    }
    rebuild(table);
    checkLocked(table);
  });

  test('refuses a block map that foreign hands wrote to', () => {
    const table = gappedTable();
    table.map.commit(SECOND, UNIT_LIMIT);
    expect(() => rebuild(table)).toThrow(
      `the heap is inconsistent: the word ${UNIT_LIMIT} stands for ${UNIT_LIMIT} units at unit 5 of ${UNITS}`,
    );
  });
});
