/**
 * What a thread knows of one of its slabs, in private memory. All of it is derived from the slot states: `live` + free
 * slots = `slotCount`, and the free slots are those on the list that begins at `head`.
 */
import type { Unit } from '../layout/units.ts';
import { RECIPROCALS, SLOT_BYTES, slotCountOf } from './size-class.ts';
import { NO_SLOT, REMOTE, USED, type SlabTable } from './slab-table.ts';

/** A slab is worth allocating from again when this share of its slots is free. */
const REUSE_SHARE = 4;
/** Where its owner keeps a slab. */
export const Place = {
  /** Current, or being worked on. */
  NOWHERE: 0,
  AVAILABLE: 1,
  FULL: 2,
} as const;
/** `notifyThreshold` of a slab whose frees nobody needs to know of. */
export const NEVER = -1;

/**
 * A slab that this thread owns. The constructor assigns the fields in the order in which they shall lie in memory: what
 * every allocation and free touches comes first, to share cache lines.
 */
export class Slab {
  /** The first free slot, or NO_SLOT. */
  head: number;
  /** Slots that are not on the list of free ones: USED, or REMOTE and not collected. */
  live: number;
  /** A free that leaves no more live slots than this changes where the slab belongs. */
  notifyThreshold: number;
  /** Index of the state of the first slot. */
  readonly firstState: number;
  /** Address of the first slot: a small integer below 2 GiB, which saves a multiplication on each free. */
  readonly address: number;
  readonly slotBytes: number;
  readonly reciprocal: number;
  readonly sizeClass: number;
  readonly slotCount: number;
  /** Most live slots with which the slab is worth allocating from. */
  readonly reuseThreshold: number;
  readonly start: Unit;
  readonly unitCount: number;
  /** Place in the owner's table of slabs. */
  readonly index: number;
  /** A `Place`. */
  place: number;
  previous: Slab;
  next: Slab;

  constructor(table: SlabTable, sizeClass: number, start: Unit, unitCount: number, index: number) {
    this.head = NO_SLOT;
    this.live = 0;
    this.notifyThreshold = NEVER;
    this.firstState = table.firstState(start);
    this.address = table.layout.addressOf(start);
    this.slotBytes = SLOT_BYTES[sizeClass];
    this.reciprocal = RECIPROCALS[sizeClass];
    this.sizeClass = sizeClass;
    this.slotCount = slotCountOf(table.layout.bytesOf(unitCount), sizeClass);
    this.reuseThreshold = this.slotCount - Math.max(1, Math.floor(this.slotCount / REUSE_SHARE));
    this.start = start;
    this.unitCount = unitCount;
    this.index = index;
    this.place = Place.NOWHERE;
    this.previous = this;
    this.next = this;
  }

  get isEmpty(): boolean {
    return this.live === 0;
  }

  get hasFreeSlot(): boolean {
    return this.head !== NO_SLOT;
  }

  /** Links all slots that are not USED, lowest first. */
  linkFreeSlots(states: Uint16Array): void {
    let head = NO_SLOT;
    let live = 0;
    for (let slot = this.slotCount - 1; slot >= 0; slot--) {
      if (states[this.firstState + slot] === USED) {
        live++;
        continue;
      }
      states[this.firstState + slot] = head;
      head = slot;
    }
    this.head = head;
    this.live = live;
  }

  /** Turns the slots that others freed into free ones. Returns how many there were. */
  collect(states: Uint16Array): number {
    const liveBefore = this.live;
    const end = this.firstState + this.slotCount;
    for (let state = this.firstState; state < end; state++) {
      if (states[state] !== REMOTE) continue;
      states[state] = this.head;
      this.head = state - this.firstState;
      this.live--;
    }
    return liveBefore - this.live;
  }
}
