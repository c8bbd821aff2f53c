/**
 * Twenty realistic faults of the heap that `threadheap stress` must find. Each kind of promise has some: who owns the
 * memory, what is in it, what is free again, what the bookkeeping says, what deaths leave behind.
 */
import type { PlantedFault } from '../../mutation/fault.ts';

export interface StressFault extends PlantedFault {
  /** Beside `--seconds 10`; default: none. */
  readonly flags?: string;
}

const KILLS = '--kill 60';

export const STRESS_FAULTS: readonly StressFault[] = [
  {
    does: 'zeroes a block sixteen bytes short',
    file: 'heap/blocks.ts',
    from: 'locator.byteLength - kept);',
    to: 'locator.byteLength - kept - 16);',
  },
  {
    does: 'copies sixteen bytes less when a block moves',
    file: 'heap/blocks.ts',
    from: 'member.bytes.copy(address, there, Math.min(oldSize, size));',
    to: 'member.bytes.copy(address, there, Math.min(oldSize, size) - 16);',
  },
  {
    does: 'collects slots without counting them as free',
    file: 'slab/slab.ts',
    from: 'this.head = state - this.firstState;\n      this.live--;',
    to: 'this.head = state - this.firstState;',
  },
  {
    does: 'collects slots that nobody freed',
    file: 'slab/slab.ts',
    from: 'if (states[state] !== REMOTE) continue;',
    to: 'if (states[state] !== REMOTE && states[state] !== USED) continue;',
  },
  {
    does: 'takes slots that others freed for live when it adopts a slab',
    file: 'slab/slab.ts',
    from: 'if (states[this.firstState + slot] === USED) {',
    to: 'if (states[this.firstState + slot] >= REMOTE) {',
  },
  {
    does: 'never returns a slab that nobody owns',
    file: 'slab/slab-supply.ts',
    from: '  if (slabs.isEmpty(start, table.map.unitsAt(start))) giveSlabBack(table, slabs, start);\n',
    to: '',
  },
  {
    does: 'gives all its slabs back when it leaves, also those in use',
    file: 'slab/slab-supply.ts',
    from: '    if (slab.isEmpty) returnLocked(table, own, slab);\n    else own.drop(slab);',
    to: '    returnLocked(table, own, slab);',
  },
  {
    does: 'never tries slabs that have few free slots',
    file: 'heap/supply.ts',
    from: ' ?? own.shiftPartial(sizeClass)',
    to: '',
  },
  {
    does: 'adopts the slabs of the living',
    file: 'slab/slab-supply.ts',
    from: 'gone.set(owner, slots.isDead(owner));',
    to: 'gone.set(owner, true);',
  },
  {
    does: 'leaves without giving its slabs up',
    file: 'heap/tenancy.ts',
    from: '      if (this.locked.isOpen) this.slabs?.abandon();\n',
    to: '',
  },
  {
    does: 'never adopts the slabs of the dead',
    file: 'slab/slab-supply.ts',
    from: 'gone.set(owner, slots.isDead(owner));',
    to: 'gone.set(owner, false);',
    flags: KILLS,
  },
  {
    does: 'puts some blocks into slots that are too small',
    file: 'slab/size-class.ts',
    from: 'SLOT_BYTES.findIndex((bytes) => bytes >= steps * SLOT_STEP_BYTES)',
    to: 'SLOT_BYTES.findIndex((bytes) => bytes + (steps === 100 ? SLOT_STEP_BYTES * 8 : 0) >= steps * SLOT_STEP_BYTES)',
  },
  {
    does: 'looks whether the lock is free, then takes it',
    file: 'sync/robust-lock.ts',
    from: "if (Atomics.compareExchange(this.words, this.index, FREE, this.own) === FREE) return 'acquired';\n    return this.#acquireSlow();",
    to: "if (Atomics.load(this.words, this.index) === FREE) { Atomics.store(this.words, this.index, this.own); return 'acquired'; } return this.#acquireSlow();",
    flags: '--slabs off',
  },
  {
    does: 'takes one unit too many when a block grows in place',
    file: 'table/block-table.ts',
    from: 'const restLength = length + nextLength - unitCount;\n    if (restLength < 0) return false;',
    to: 'const restLength = Math.max(0, length + nextLength - unitCount);\n    if (length + nextLength - unitCount < -1) return false;',
  },
  {
    does: 'does not merge with the free run behind a block',
    file: 'table/block-table.ts',
    from: 'const next = unitAfter(block, length);\n    const nextLength = this.#freeLengthAt(next);\n    const previous',
    to: 'const next = unitAfter(block, length);\n    const nextLength = 0;\n    const previous',
  },
  {
    does: 'keeps the head of a run that was merged into another',
    file: 'table/block-table.ts',
    from: 'this.heads.clear(start);',
    to: '',
  },
  {
    does: 'miscounts the used units',
    file: 'table/block-table.ts',
    from: 'this.#count(-length, 1 -',
    to: 'this.#count(1 - length, 1 -',
  },
  {
    does: 'does not shift an aligned block',
    file: 'table/block-table.ts',
    from: 'const block = alignment === 1 ? run : (roundUp(run, alignment) as Unit);',
    to: 'const block = run;',
  },
  {
    does: 'trusts what a dead thread left',
    file: 'table/locked-table.ts',
    from: "\n      observer?.acquired(acquisition === 'acquired' ? 0 : performance.now() - started);\n      this.#repairIfDirty();",
    to: '',
    flags: KILLS,
  },
  {
    does: 'forgets the tree in a rebuild',
    file: 'table/rebuild.ts',
    from: 'table.free.tree.rebuild(unitCount);',
    to: '',
    flags: '--kill 400 --slabs off',
  },
];
