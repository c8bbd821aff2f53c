/**
 * Writes the structure of a heap down while others work with it: in slices under the lock, see inspect/sliced-walk.
 *
 *   written down     │ block │ free │ slab ▮▮▯▮ │ block │ → what is to come
 *
 * Each block, free run and slab is written down as it is in the slice that comes to it. What begins before the place
 * reached has merged since, or was taken or resized there: of that the rest counts as free. So what is written down tiles
 * the memory, whatever happens meanwhile. A block that lives from the first slice to the last is in it, with the size
 * that it had in its slice; one that is taken or given back meanwhile is in it or not. Slots change without the lock:
 * each is as it was at some instant of its slice.
 */
import type { Layout } from '../layout/layout.ts';
import type { Unit } from '../layout/units.ts';
import { isSlab } from '../table/block-map.ts';
import type { LockedTable } from '../table/locked-table.ts';
import { SLOT_BYTES } from '../slab/size-class.ts';
import { USED, type SlabTable } from '../slab/slab-table.ts';
import { walkInSlices, type Visitor } from '../inspect/sliced-walk.ts';
import type { Structure } from './structure.ts';
import { WordList } from './word-list.ts';

/** What is needed of a heap to write its structure down. */
export interface RecordedHeap {
  readonly layout: Layout;
  readonly locked: LockedTable;
  /** Undefined in a heap without slabs. */
  readonly slabs: { readonly table: SlabTable } | undefined;
}

/** The structure of a heap. The lock is seized, and the table repaired, if a dead thread left them so. */
export function recordStructure({ layout, locked, slabs }: RecordedHeap, stepsPerSlice?: number): Structure {
  const recorder = new Recorder(slabs?.table);
  locked.repair();
  walkInSlices(locked, recorder, stepsPerSlice);
  return {
    base: layout.base,
    unitBytes: layout.unitBytes,
    unitCount: recorder.unitCount,
    heads: recorder.heads.words(),
    slabRecords: recorder.slabRecords.words(),
  };
}

/** What is written down so far. */
class Recorder implements Visitor {
  readonly heads: WordList = new WordList();
  /** The records of the slabs, one behind the other, see image/structure. */
  readonly slabRecords: WordList = new WordList();
  unitCount = 0;
  /** Undefined in a heap without slabs. */
  readonly #slabs: SlabTable | undefined;

  constructor(slabs: SlabTable | undefined) {
    this.#slabs = slabs;
  }

  visit(head: Unit, from: Unit, end: Unit, word: number): number {
    this.unitCount = end;
    if (word < 0 || head < from) return this.#addFree(end - from);
    this.heads.push(word);
    return isSlab(word) ? this.#addSlots(this.#slabs!, head, end - head) : 1;
  }

  #addFree(unitCount: number): number {
    if (this.heads.last < 0) this.heads.last -= unitCount;
    else this.heads.push(-unitCount);
    return 1;
  }

  #addSlots(slabs: SlabTable, start: Unit, unitCount: number): number {
    slabs.requireSlab(start, unitCount);
    const slotCount = slabs.slotCount(start, unitCount);
    const first = slabs.firstState(start);
    this.slabRecords.push(SLOT_BYTES[slabs.classAt(start)]);
    this.slabRecords.push(slabs.ownerAt(start));
    for (let slot = 0; slot < slotCount; slot += 32) {
      this.slabRecords.push(usedBits(slabs.states, first + slot, Math.min(32, slotCount - slot)));
    }
    return 1 + slotCount;
  }
}

function usedBits(states: Uint16Array, first: number, count: number): number {
  let bits = 0;
  for (let bit = 0; bit < count; bit++) if (states[first + bit] === USED) bits |= 1 << bit;
  return bits;
}
