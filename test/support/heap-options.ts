/**
 * Named sets of options under which every promise of the contract must hold. Where sets may differ in what can be
 * expected, the expectation is a function of the set, so that suites need no cases of their own.
 */
import { expect } from 'vitest';
import {
  MemoryManager,
  type FitName,
  type FitStrategy,
  type FreeRunInfo,
  type MemoryManagerOptions,
} from '../../src/index.ts';
import { SLOT_STEP_BYTES as UNIT_BYTES } from '../../src/layout/regions.ts';

/** One set of options. */
export interface HeapSetup {
  readonly title: string;
  readonly blockSize: number;
  readonly options: MemoryManagerOptions;
  /** Which fit the naive model plays; `undefined` where the placement of blocks is not the table's alone. */
  readonly fit: FitName | undefined;
}

const KIB = 1024;

/** A user's own strategy that does what first-fit does, so that it can be predicted. */
export const lowestFit: FitStrategy = {
  name: 'lowest',
  choose: (runs, unitCount) => runs.lowestAtLeast(unitCount),
};

function tableSetup(fit: FitName, growing: boolean): HeapSetup {
  const title = `${fit}, ${growing ? 'growing' : 'fixed'}, without slabs`;
  if (!growing) return { title, fit, blockSize: 16 * KIB, options: { fit, slabs: false } };
  return { title, fit, blockSize: 2 * KIB, options: { fit, slabs: false, maxByteLength: 40 * KIB } };
}

export const HEAP_SETUPS: readonly HeapSetup[] = [
  ...(['first-fit', 'best-fit', 'next-fit', 'worst-fit'] as const).flatMap((fit) => [
    tableSetup(fit, false),
    tableSetup(fit, true),
  ]),
  {
    title: 'a strategy of the user, growing from odd sizes, without slabs',
    fit: 'first-fit',
    blockSize: 1001,
    options: { fit: lowestFit, maxByteLength: 40_001, slabs: false },
  },
  { title: 'one unit', fit: 'first-fit', blockSize: 1, options: { slabs: false } },
];

/** Whether all blocks come from the table: then their sizes are whole units, and their places follow from the fit. */
export const isTableOnly = ({ fit }: HeapSetup): boolean => fit !== undefined;

export function makeHeap({ blockSize, options }: HeapSetup): MemoryManager {
  return new MemoryManager(blockSize, options);
}

/** Verifies the usable size of a block for which `asked` bytes were asked. */
export function expectUsableSize(setup: HeapSetup, asked: number, usable: number): void {
  expect(usable).toBeGreaterThanOrEqual(asked);
  if (isTableOnly(setup)) expect(usable).toBe(Math.max(1, Math.ceil(asked / UNIT_BYTES)) * UNIT_BYTES);
}

/** Verifies what is free once no block lives: one run, unless slabs that were not returned yet divide the memory. */
export function expectAllFree(setup: HeapSetup, runs: readonly FreeRunInfo[], byteLength: number): void {
  if (isTableOnly(setup)) expect(runs.map(({ size }) => size)).toEqual([byteLength]);
}
