import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIT_NAMES } from '../../src/fit/fit.ts';
import { checkLocked } from '../../src/inspect/check.ts';
import { Guarded } from '../../src/layout/regions.ts';
import { NO_UNIT, type Unit } from '../../src/layout/units.ts';
import type { Segment } from '../support/naive-table.ts';
import { applyTo, tableSteps } from '../support/table-steps.ts';
import { segmentsOf, tableOf, takeAll } from '../support/tables.ts';

const UNITS = 400;
const UNIT_LIMIT = 900;

describe.each(FIT_NAMES)('a table with %s', (fit) => {
  test('is after every change what a naive table is, and passes its check', () => {
    fc.assert(
      fc.property(tableSteps(UNIT_LIMIT), (steps) => {
        applyTo(UNITS, UNIT_LIMIT, fit, steps, (table, naive) => {
          expect(segmentsOf(table)).toEqual(naive.segments);
          checkLocked(table);
        });
      }),
      { numRuns: 120 },
    );
  });

  test('is one free run again when every block is given back', () => {
    fc.assert(
      fc.property(tableSteps(UNITS), (steps) => {
        const table = tableOf(UNITS, UNITS, fit);
        const blocks = steps.flatMap((step) => ('take' in step ? table.take(step.take, step.alignment) : []));
        for (const block of blocks) if (block !== NO_UNIT) table.giveBack(block);
        expect(segmentsOf(table)).toEqual([{ start: 0, length: UNITS, isFree: true }]);
        checkLocked(table);
      }),
      { numRuns: 50 },
    );
  });
});

/** The free runs of [3][4][5][4] after blocks are given back in this order. */
function runsAfterFreeing(indices: number[]): Segment[] {
  const table = tableOf(16);
  const blocks = takeAll(table, [3, 4, 5, 4]);
  for (const index of indices) table.giveBack(blocks[index]);
  checkLocked(table);
  return segmentsOf(table).filter(({ isFree }) => isFree);
}

describe('giving a block back', () => {
  test('makes a run of its own when both neighbours are blocks', () => {
    expect(runsAfterFreeing([1])).toEqual([{ start: 3, length: 4, isFree: true }]);
  });

  test('merges with the free run before it', () => {
    expect(runsAfterFreeing([0, 1])).toEqual([{ start: 0, length: 7, isFree: true }]);
  });

  test('merges with the free run after it', () => {
    expect(runsAfterFreeing([2, 1])).toEqual([{ start: 3, length: 9, isFree: true }]);
  });

  test('merges with both neighbours when the middle block is freed', () => {
    expect(runsAfterFreeing([0, 2, 1])).toEqual([{ start: 0, length: 12, isFree: true }]);
  });
});

describe('counters', () => {
  test('the peak of used units stays when blocks are given back', () => {
    const table = tableOf(100);
    const blocks = takeAll(table, [30, 40]);
    for (const block of blocks) table.giveBack(block);
    expect(table.layout.words[Guarded.USED_UNITS]).toBe(0);
    expect(table.layout.words[Guarded.PEAK_USED_UNITS]).toBe(70);
    checkLocked(table);
  });
});

describe('a table of one unit', () => {
  test.each(FIT_NAMES)('gives it out, and only once, with %s', (fit) => {
    const table = tableOf(1, 1, fit);
    expect(table.take(1, 1)).toBe(0);
    expect(table.take(1, 1)).toBe(NO_UNIT);
    checkLocked(table);
    table.giveBack(0 as Unit);
    checkLocked(table);
    expect(table.take(2, 1)).toBe(NO_UNIT);
    expect(table.take(1, 1)).toBe(0);
  });
});

describe('the last free run of a chunk', () => {
  test('is forgotten by the tree when a block takes all of it', () => {
    const table = tableOf(96);
    takeAll(table, [32, 32, 32]);
    expect(table.free.tree.longest()).toBe(0);
    expect(table.free.largest()).toBe(NO_UNIT);
    checkLocked(table);
  });
});
