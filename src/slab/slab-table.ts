/**
 * What threads share about slabs: where they are, their class, their owner, and the state of every slot.
 *
 *   slot state   USED               allocated
 *                REMOTE             freed by a thread that does not own the slab; the owner collects it
 *                any other value    free; among the owner's free slots it is the index of the next one, or NO_SLOT
 *
 *   change             by                       how
 *   free → USED        the owner                plain store
 *   USED → free        the owner                plain store
 *   USED → REMOTE      any other thread         compare-exchange: of two frees of one slot one fails
 *   REMOTE → free      the owner, or whoever    plain store
 *                      adopts, under the lock
 *
 * The owner reads states plainly although others compare-exchange them at the same time: it acts on USED only in slots
 * that it was asked to free, and a REMOTE that it overlooks it finds at the next look.
 *
 * The state is the truth, and lies outside the blocks. Start and class of a slab are written while its run is still
 * free and constant until it is given back; the user of a live slot therefore reads them without atomics. They are
 * removed before the block is given back, when the slab holds no live slot. Memory that is no slab has no USED state.
 */
import { AllocatorError } from '../allocator-error.ts';
import { SLOT_STEP_BYTES } from '../layout/regions.ts';
import { byteOffsetOf, type Unit } from '../layout/units.ts';
import type { Layout } from '../layout/layout.ts';
import type { OwnerWord } from '../sync/owner-word.ts';
import { CLASS_COUNT, SLOT_LIMIT, slotCountOf } from './size-class.ts';

export const USED = 0xffff;
export const REMOTE = 0xfffe;
/** The end of a list of free slots. */
export const NO_SLOT = 0xfffd;
/** Owner word of a slab whose owner has left. */
export const NO_OWNER = 0;

/** The slabs of a heap as all threads see them. */
export class SlabTable {
  readonly layout: Layout;
  readonly states: Uint16Array<SharedArrayBuffer>;
  readonly #starts: Int32Array;
  readonly #classes: Int32Array;
  readonly #owners: Int32Array;
  readonly #statesPerUnit: number;

  constructor(layout: Layout) {
    const { slabStarts, slabClasses, slabOwners, slotStates } = layout.regions;
    this.layout = layout;
    this.#starts = layout.viewOf(slabStarts);
    this.#classes = layout.viewOf(slabClasses);
    this.#owners = layout.viewOf(slabOwners);
    this.states = new Uint16Array(layout.buffer, byteOffsetOf(slotStates.start), slotStates.wordCount * 2);
    this.#statesPerUnit = layout.unitBytes / SLOT_STEP_BYTES;
  }

  /** First unit of the slab that holds `unit`, or NO_UNIT. */
  startOf(unit: number): Unit {
    return (this.#starts[unit] - 1) as Unit;
  }

  classAt(start: Unit): number {
    return this.#classes[start];
  }

  ownerAt(start: Unit): OwnerWord {
    return Atomics.load(this.#owners, start);
  }

  setOwner(start: Unit, owner: OwnerWord): void {
    Atomics.store(this.#owners, start, owner);
  }

  /** Index of the state of a slab's first slot. */
  firstState(start: Unit): number {
    return start * this.#statesPerUnit;
  }

  slotCount(start: Unit, unitCount: number): number {
    return slotCountOf(this.layout.bytesOf(unitCount), this.classAt(start));
  }

  /** Writes what a slab needs to be known by, while its units are still a free run. Only the holder of the lock. */
  describe(start: Unit, unitCount: number, sizeClass: number, owner: OwnerWord): void {
    this.#classes[start] = sizeClass;
    this.setOwner(start, owner);
    this.#starts.fill(start + 1, start, start + unitCount);
  }

  /** Says in which slab, if any, units lie; writes only what differs. Only the holder of the lock. */
  setStart(first: Unit, unitCount: number, start: Unit): void {
    for (let unit = first as number; unit < first + unitCount; unit++) {
      if (this.#starts[unit] !== start + 1) this.#starts[unit] = start + 1;
    }
  }

  /** Removes an empty slab from sight, before its units are given back. Only the holder of the lock. */
  forget(start: Unit, unitCount: number): void {
    this.#starts.fill(0, start, start + unitCount);
  }

  /**
   * Verifies that the words which describe the slab at `start` are possible, since all that is known of it follows.
   *
   * @throws AllocatorError `CORRUPTED`
   */
  requireSlab(start: Unit, unitCount: number): void {
    const sizeClass = this.classAt(start);
    if (sizeClass < 0 || sizeClass >= CLASS_COUNT) throw corrupted(start, `class ${sizeClass}`);
    const slots = this.slotCount(start, unitCount);
    if (slots < 1 || slots > SLOT_LIMIT) throw corrupted(start, `${slots} slots`);
  }

  badOwnerError(start: Unit): AllocatorError {
    return corrupted(start, `the owner word ${this.ownerAt(start)}, which names no thread of this heap`);
  }

  /** Whether no slot is allocated. A slot that others freed counts as free. */
  isEmpty(start: Unit, unitCount: number): boolean {
    const first = this.firstState(start);
    const end = first + this.slotCount(start, unitCount);
    for (let state = first; state < end; state++) if (this.states[state] === USED) return false;
    return true;
  }

  /**
   * Frees the slot with this state on behalf of a thread that does not own its slab; false if it is not in use, which is
   * final: at another try it might be another's. After the compare-exchange nothing more may be written to the slab: it
   * may have been collected, emptied and created anew.
   */
  freeRemotely(state: number): boolean {
    return Atomics.compareExchange(this.states, state, USED, REMOTE) === USED;
  }
}

function corrupted(start: Unit, what: string): AllocatorError {
  return new AllocatorError('CORRUPTED', `the heap is inconsistent: the slab at unit ${start} has ${what}`);
}
