import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_UNIT, type Unit } from '../../src/layout/units.ts';
import type { BlockTable } from '../../src/table/block-table.ts';
import type { NaiveTable } from '../support/naive-table.ts';
import { applyTo, tableSteps } from '../support/table-steps.ts';

/** Four levels of nodes: 3000 units are 94 chunks. */
const UNITS = 3000;

function expectSameAnswers(table: BlockTable, naive: NaiveTable, length: number, from: number): void {
  const { tree } = table.free;
  const enough = naive.runs.filter((run) => run.length >= length);
  expect(tree.lowestAtLeast(length)).toBe(enough[0]?.start ?? NO_UNIT);
  expect(tree.lowestAtLeastFrom(length, from as Unit)).toBe(
    enough.find(({ start }) => start >= from)?.start ?? NO_UNIT,
  );
  expect(tree.longest()).toBe(Math.max(0, ...naive.runs.map((run) => run.length)));
  const largest = naive.runs.find((run) => run.length === tree.longest());
  expect(table.free.largest()).toBe(largest?.start ?? NO_UNIT);
}

describe('LongestRunTree', () => {
  test('answers like a search over all free runs in address order', () => {
    const probes = fc.array(fc.tuple(fc.integer({ min: 1, max: UNITS }), fc.nat({ max: UNITS - 1 })), { maxLength: 8 });
    fc.assert(
      fc.property(tableSteps(UNITS), probes, (steps, questions) => {
        applyTo(UNITS, UNITS, 'next-fit', steps, (table, naive) => {
          for (const [length, from] of questions) expectSameAnswers(table, naive, Math.ceil(length / 40), from);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('is consistent after every step', () => {
    fc.assert(
      fc.property(tableSteps(UNITS), (steps) => {
        applyTo(UNITS, UNITS, 'first-fit', steps, (table) => expect(table.free.tree.isConsistent()).toBe(true));
      }),
      { numRuns: 100 },
    );
  });
});
