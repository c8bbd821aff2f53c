import { describe, expect, test } from 'vitest';
import { builtInFit, FIT_NAMES } from '../../src/fit/fit.ts';
import { NO_UNIT, type Unit } from '../../src/layout/units.ts';
import { BlockTable } from '../../src/table/block-table.ts';
import { tableOf, takeAll } from '../support/tables.ts';

/** Free runs of 4, 2, 6 and 2 units at 0, 5, 8 and 15, with blocks of one unit between and after them. */
const RUNS = [4, 2, 6, 2];
const STARTS = [0, 5, 8, 15];

function tableWithRuns(fit: (typeof FIT_NAMES)[number]): BlockTable {
  const table = tableOf(
    RUNS.reduce((sum, length) => sum + length + 1, 0),
    undefined,
    fit,
  );
  const blocks = takeAll(
    table,
    RUNS.flatMap((length) => [length, 1]),
  );
  for (let index = 0; index < blocks.length; index += 2) table.giveBack(blocks[index]);
  return table;
}

describe('of several free runs that suffice', () => {
  test('first-fit takes the lowest', () => expect(tableWithRuns('first-fit').take(2, 1)).toBe(STARTS[0]));
  test('best-fit takes a shortest', () =>
    expect([STARTS[1], STARTS[3]]).toContain(tableWithRuns('best-fit').take(2, 1)));
  test('best-fit takes the next longer when none is exact', () => {
    expect(tableWithRuns('best-fit').take(3, 1)).toBe(STARTS[0]);
  });
  test('worst-fit takes the longest', () => expect(tableWithRuns('worst-fit').take(1, 1)).toBe(STARTS[2]));
  test('next-fit goes on after the last block taken, and wraps', () => {
    const table = tableWithRuns('next-fit');
    const taken = [2, 2, 2, 2].map((length) => table.take(length, 1));
    // The first search begins at the start again, since the last block taken before it ended at the end.
    expect(taken).toEqual([0, 2, 5, 8]);
    expect(table.take(4, 1)).toBe(10);
    expect(table.take(1, 1)).toBe(15);
    expect(table.take(2, 1)).toBe(NO_UNIT);
    table.giveBack(0 as Unit);
    expect(table.take(2, 1)).toBe(0); // far behind the last block taken
  });
});

test.each(FIT_NAMES)('%s serves from the low end of the run', (name) => {
  const table = tableWithRuns(name);
  const block = table.take(1, 1);
  expect(STARTS).toContain(block);
});

test.each(FIT_NAMES)('%s finds nothing when every run is too short by one', (name) => {
  expect(tableWithRuns(name).take(7, 1)).toBe(NO_UNIT);
});

test.each(FIT_NAMES)('%s finds the only run that is exactly long enough', (name) => {
  expect(tableWithRuns(name).take(6, 1)).toBe(STARTS[2]);
});

test('every name has a fit of that name, and no other name has one', () => {
  for (const name of FIT_NAMES) expect(builtInFit(name)?.name).toBe(name);
  expect(builtInFit('no-fit')).toBeUndefined();
});
