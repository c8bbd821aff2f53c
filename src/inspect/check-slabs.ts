/**
 * Validates what all threads see of the slabs. The caller holds the lock, which guards where slabs are, but not the states
 * of their slots: of those it is asked only what holds at every instant, whoever allocates meanwhile.
 */
import { NO_UNIT, type Unit } from '../layout/units.ts';
import { SLOT_LIMIT } from '../slab/size-class.ts';
import { NO_SLOT, REMOTE, USED, type SlabTable } from '../slab/slab-table.ts';
import { isSlab } from '../table/block-map.ts';
import type { BlockTable } from '../table/block-table.ts';
import { headAfter } from '../table/block-walk.ts';
import { require } from './require.ts';

/** Every slab is described as the map has it, and no other unit claims to be in a slab. */
export function checkSlabs(table: BlockTable, unitCount: number, slabs: SlabTable): void {
  for (let head = 0; head < unitCount;) {
    const next = headAfter(table, head, unitCount);
    const holdsSlots = isSlab(table.map.at(head));
    for (let unit = head; unit < next; unit++) {
      const start = slabs.startOf(unit);
      require(start === (holdsSlots ? head : NO_UNIT), `unit ${unit} claims to lie in a slab that starts at ${start}`);
    }
    if (holdsSlots) checkSlab(slabs, head as Unit, next - head);
    head = next;
  }
}

/** The states of a slab that was created a moment ago may be those of its memory's former life, all of them free. */
function checkSlab(slabs: SlabTable, start: Unit, unitCount: number): void {
  slabs.requireSlab(start, unitCount);
  const count = slabs.slotCount(start, unitCount);
  for (let slot = 0; slot < count; slot++) {
    const state = slabs.states[slabs.firstState(start) + slot];
    const legal = state === USED || state === REMOTE || state === NO_SLOT || state < SLOT_LIMIT;
    require(legal, `slot ${slot} of the slab at unit ${start} has state ${state}`);
  }
}
