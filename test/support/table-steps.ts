/**
 * Random changes of a table, made to the real one and to the naive one alike.
 */
import * as fc from 'fast-check';
import type { FitName } from '../../src/index.ts';
import { NO_UNIT, type Unit } from '../../src/layout/units.ts';
import type { BlockTable } from '../../src/table/block-table.ts';
import { NaiveTable } from './naive-table.ts';
import { pick, picked, type Pick } from './property.ts';
import { tableOf } from './tables.ts';

/** One change. Picks choose among the blocks that live by then. */
export type TableStep =
  | { readonly take: number; readonly alignment: number }
  | { readonly giveBack: Pick }
  | { readonly resize: Pick; readonly to: number }
  | { readonly extend: number };

const counts = (most: number) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: Math.max(1, Math.floor(most / 40)) }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: most }) },
  );

/** Changes of a table of at most `unitLimit` units. Takes outnumber the rest, so that the table fills up. */
export function tableSteps(unitLimit: number): fc.Arbitrary<TableStep[]> {
  const alignment = fc.oneof(
    { weight: 4, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.constantFrom(2, 8, 64) },
  );
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ take: counts(unitLimit), alignment }) },
    { weight: 5, arbitrary: fc.record({ giveBack: pick }) },
    { weight: 3, arbitrary: fc.record({ resize: pick, to: counts(unitLimit) }) },
    { weight: 1, arbitrary: fc.record({ extend: fc.integer({ min: 1, max: 100 }) }) },
  );
  return fc.array(step, { maxLength: 120, size: 'max' });
}

/** Makes the steps to both tables, calling `verify` after each. */
export function applyTo(
  unitCount: number,
  unitLimit: number,
  fit: FitName,
  steps: readonly TableStep[],
  verify: (table: BlockTable, naive: NaiveTable) => void,
): void {
  const table = tableOf(unitCount, unitLimit, fit);
  const naive = new NaiveTable(unitCount, unitLimit);
  for (const step of steps) {
    apply(step, fit, table, naive);
    verify(table, naive);
  }
}

function apply(step: TableStep, fit: FitName, table: BlockTable, naive: NaiveTable): void {
  if ('take' in step) return takeFrom(table, naive, fit, step.take, step.alignment);
  if ('extend' in step) return extend(table, naive, step.extend);
  if (naive.blocks.length === 0) return undefined;
  const choice = 'resize' in step ? step.resize : step.giveBack;
  const { start } = picked(naive.blocks, choice);
  if ('resize' in step) return resize(table, naive, start, step.to);
  table.giveBack(start as Unit);
  naive.giveBack(start);
  return undefined;
}

function takeFrom(table: BlockTable, naive: NaiveTable, fit: FitName, unitCount: number, alignment: number): void {
  const allowed = naive.placements(fit, unitCount, alignment);
  const block = table.take(unitCount, alignment);
  const asExpected = allowed.length === 0 ? block === NO_UNIT : allowed.includes(block);
  if (!asExpected) {
    throw new Error(
      `${fit} placed ${unitCount} units (alignment ${alignment}) at ${block}, not at any of ${allowed.join()}`,
    );
  }
  if (block !== NO_UNIT) naive.place(block, unitCount);
}

function resize(table: BlockTable, naive: NaiveTable, start: number, unitCount: number): void {
  const possible = naive.canResize(start, unitCount);
  if (table.resize(start as Unit, unitCount) !== possible) throw new Error(`resizing should return ${possible}`);
  if (possible) naive.resize(start, unitCount);
}

function extend(table: BlockTable, naive: NaiveTable, added: number): void {
  const unitCount = naive.unitCount + added;
  if (unitCount > naive.unitLimit) return;
  table.extend(unitCount);
  naive.extend(unitCount);
}
