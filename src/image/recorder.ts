/**
 * Writes the structure of a heap down while others work with it: in slices, each under the lock and of bounded length.
 *
 *   recorded         │ block │ free │ slab ▮▮▯▮ │ block │ → what is to come
 *                                                       ↑ cursor
 *
 * Each block, free run and slab is written down as it is in the slice that comes to it, and the cursor stands at its end.
 * Between two slices the memory before the cursor may change; that is not seen any more. At the cursor there may be
 * something now that began before it: a free run that has merged, or a block or slab taken since, in memory that is
 * written down as it was. What lies behind the cursor of it is written down as free.
 *
 * So what is written down tiles the memory, whatever happens meanwhile. A block that lives from the first slice to the
 * last is in it, with the size that it had in its slice. One that is taken or given back meanwhile is in it or not.
 * Slots change without the lock: each is as it was at some instant of its slice.
 */
import type { Layout } from '../layout/layout.ts';
import type { Unit } from '../layout/units.ts';
import type { BlockTable } from '../table/block-table.ts';
import { isSlab } from '../table/block-map.ts';
import type { LockedTable } from '../table/locked-table.ts';
import { SLOT_BYTES } from '../slab/size-class.ts';
import { USED, type SlabTable } from '../slab/slab-table.ts';
import type { Structure } from './structure.ts';
import { WordList } from './word-list.ts';

/** Steps of a slice: well below 100 µs. One step for each block or run, one for so many slots. */
const STEPS_PER_SLICE = 1024;
const SLOTS_PER_STEP = 32;

/** What is needed of a heap to write its structure down. */
export interface RecordedHeap {
  readonly layout: Layout;
  readonly locked: LockedTable;
  /** Undefined in a heap without slabs. */
  readonly slabs: { readonly table: SlabTable } | undefined;
}

/** The structure of a heap. The lock is seized, and the table repaired, if a dead thread left them so. */
export function recordStructure({ layout, locked, slabs }: RecordedHeap, stepsPerSlice?: number): Structure {
  const recorder = new Recorder(slabs?.table, stepsPerSlice);
  locked.repair();
  while (!locked.run(recordSliceLocked, recorder));
  return {
    base: layout.base,
    unitBytes: layout.unitBytes,
    unitCount: recorder.cursor,
    heads: recorder.heads.words(),
    slabRecords: recorder.slabRecords.words(),
  };
}

/** What is written down of a heap's structure, so far. */
class Recorder {
  readonly heads: WordList = new WordList();
  /** The records of the slabs, one behind the other, see image/structure. */
  readonly slabRecords: WordList = new WordList();
  /** Undefined in a heap without slabs. */
  readonly slabs: SlabTable | undefined;
  readonly stepsPerSlice: number;
  /** Units that are written down. */
  cursor = 0;

  constructor(slabs: SlabTable | undefined, stepsPerSlice: number = STEPS_PER_SLICE) {
    this.slabs = slabs;
    this.stepsPerSlice = stepsPerSlice;
  }

  /** Writes the block or run down that lies at the cursor. Returns the steps it took. */
  record(word: number, unitCount: number): number {
    const steps = isSlab(word) ? this.#recordSlab(this.cursor as Unit, unitCount) : 1;
    if (word < 0 && this.heads.last < 0) this.heads.last += word;
    else this.heads.push(word);
    this.cursor += unitCount;
    return steps;
  }

  #recordSlab(start: Unit, unitCount: number): number {
    const slabs = this.slabs!;
    const slotCount = slabs.slotCount(start, unitCount);
    this.slabRecords.push(SLOT_BYTES[slabs.classAt(start)]);
    this.slabRecords.push(slabs.ownerAt(start));
    const first = slabs.firstState(start);
    for (let slot = 0; slot < slotCount; slot += 32) {
      this.slabRecords.push(usedBits(slabs.states, first + slot, Math.min(32, slotCount - slot)));
    }
    return 1 + Math.ceil(slotCount / SLOTS_PER_STEP);
  }
}

function usedBits(states: Uint16Array, first: number, count: number): number {
  let bits = 0;
  for (let bit = 0; bit < count; bit++) if (states[first + bit] === USED) bits |= 1 << bit;
  return bits;
}

/** Records one slice. Returns whether all is recorded. */
function recordSliceLocked(table: BlockTable, recorder: Recorder): boolean {
  const { map, unitCount } = table;
  recordRestAtCursor(table, recorder);
  let steps = recorder.stepsPerSlice;
  while (recorder.cursor < unitCount && steps > 0) {
    const word = map.at(recorder.cursor);
    steps -= recorder.record(word, map.unitsAt(recorder.cursor));
  }
  return recorder.cursor === unitCount;
}

/** What lies at the cursor may have begun before it, since the slice before: then the rest of it counts as free. */
function recordRestAtCursor({ map, heads, unitCount }: BlockTable, recorder: Recorder): void {
  const { cursor } = recorder;
  if (cursor >= unitCount) return;
  const head = heads.lastAtOrBefore(cursor);
  const rest = head + map.unitsAt(head) - cursor;
  if (head < cursor) recorder.record(-rest, rest);
}
