/**
 * Named sets of options under which every promise of the contract must hold. Where sets may differ in what can be
 * expected, the expectation is a function of the set, so that suites need no cases of their own.
 */
import { expect } from 'vitest';
import { MemoryManager, type FitName, type FitStrategy, type MemoryManagerOptions } from '../../src/index.ts';
import { SLAB_UNIT_BYTES, SLOT_STEP_BYTES } from '../../src/layout/regions.ts';
import { SMALL_LIMIT } from '../../src/slab/size-class.ts';

/** One set of options. */
export interface HeapSetup {
  readonly title: string;
  readonly blockSize: number;
  readonly options: MemoryManagerOptions;
  /** Which fit the naive model plays; `undefined` where the placement of blocks is not the table's alone. */
  readonly fit: FitName | undefined;
}

/** Up to here sizes are rounded up to multiples of SLOT_STEP_BYTES, beyond by 12.5 % at most. */
const LINEAR_LIMIT = 128;
const KIB = 1024;
const MIB = 2 ** 20;

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

/** So small that memory runs out, for small blocks as well as for large ones. */
function slabSetup(fit: FitName, growing: boolean): HeapSetup {
  const title = `${fit}, ${growing ? 'growing' : 'fixed'}, with slabs`;
  if (!growing) return { title, fit: undefined, blockSize: 64 * KIB, options: { fit, slabs: true } };
  return { title, fit: undefined, blockSize: 4 * KIB, options: { fit, slabs: true, maxByteLength: 160 * KIB } };
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
  ...(['first-fit', 'best-fit', 'next-fit', 'worst-fit'] as const).map((fit) => slabSetup(fit, false)),
  slabSetup('first-fit', true),
  slabSetup('best-fit', true),
  {
    title: 'a strategy of the user, growing from odd sizes, with slabs',
    fit: undefined,
    blockSize: 1001,
    options: { fit: lowestFit, maxByteLength: 100_001, slabs: true },
  },
  { title: 'one unit, with slabs', fit: undefined, blockSize: 1, options: { slabs: true } },
  { title: 'slabs by default', fit: undefined, blockSize: MIB, options: {} },
];

/** Whether all blocks come from the table: then their sizes are whole units, and their places follow from the fit. */
export const isTableOnly = ({ fit }: HeapSetup): boolean => fit !== undefined;

export function makeHeap({ blockSize, options }: HeapSetup): MemoryManager {
  return new MemoryManager(blockSize, options);
}

/** Verifies the usable size of a block for which `asked` bytes were asked, at an alignment of at most 16. */
export function expectUsableSize(setup: HeapSetup, asked: number, usable: number): void {
  expect(usable).toBeGreaterThanOrEqual(asked);
  if (isTableOnly(setup)) expect(usable).toBe(roundedUp(asked, SLOT_STEP_BYTES));
  else if (asked > SMALL_LIMIT) expect(usable).toBe(roundedUp(asked, SLAB_UNIT_BYTES));
  else if (asked > LINEAR_LIMIT) expect(usable).toBeLessThanOrEqual(asked * 1.125);
  else expect(usable).toBe(roundedUp(asked, SLOT_STEP_BYTES));
}

const roundedUp = (size: number, step: number) => Math.max(1, Math.ceil(size / step)) * step;

/** Verifies that no block lives and that all memory is one free run, once slabs that are empty were given back. */
export function expectAllFree(setup: HeapSetup, heap: MemoryManager): void {
  if (!isTableOnly(setup)) heap.recover();
  expectOneFreeRun(heap);
}

/** Verifies that nothing is taken from the table. */
export function expectOneFreeRun(heap: MemoryManager): void {
  heap.check();
  expect([...heap.blocks()]).toEqual([]);
  expect(Array.from(heap.freeRuns(), ({ size }) => size)).toEqual([heap.byteLength]);
  expect(heap.stats()).toMatchObject({ liveBytes: 0, usedBytes: 0, freeBytes: heap.byteLength });
}
