/**
 * Layouts and tables without a lock and a facade around them, for tests of the layers below.
 */
import { builtInFit } from '../../src/fit/fit.ts';
import type { FitName } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import type { Unit } from '../../src/layout/units.ts';
import { createHeapBuffer } from '../../src/memory-manager/heap-buffer.ts';
import { SLOT_STEP_BYTES as UNIT_BYTES } from '../../src/layout/regions.ts';
import { BlockTable } from '../../src/table/block-table.ts';
import type { Segment } from './naive-table.ts';

/** The buffer of a heap whose table is still empty. */
export function emptyHeapBuffer(unitLimit: number, unitCount: number = unitLimit): SharedArrayBuffer {
  return createHeapBuffer({
    unitBytes: UNIT_BYTES,
    unitCount,
    unitLimit,
    maxThreads: 2,
    lockTimeoutMs: 1000,
    fit: 'first-fit',
    liveness: undefined,
    options: 0,
    quarantine: 0,
  });
}

export function layoutOf(unitLimit: number): Layout {
  return new Layout(emptyHeapBuffer(unitLimit));
}

/** A table of `unitCount` free units that may be extended up to `unitLimit`. */
export function tableOf(unitCount: number, unitLimit: number = unitCount, fit: FitName = 'first-fit'): BlockTable {
  const table = new BlockTable(layoutOf(unitLimit), builtInFit(fit)!);
  table.extend(unitCount);
  return table;
}

/** Takes blocks of these lengths one behind the other from an empty table. */
export function takeAll(table: BlockTable, lengths: number[]): Unit[] {
  return lengths.map((length) => table.take(length, 1));
}

/** What the block map says, head by head. */
export function segmentsOf({ map, unitCount }: BlockTable): Segment[] {
  const segments: Segment[] = [];
  for (let start = 0; start < unitCount; start += Math.abs(map.at(start))) {
    segments.push({ start, length: Math.abs(map.at(start)), isFree: map.at(start) < 0 });
  }
  return segments;
}
