/**
 * Realistic bugs of the lock, the table, the slabs and the repair, each planted by replacing text of the real source,
 * and the scenario in which it must be found. A pattern that no longer matches exactly once is an error, so a mutant
 * cannot drift away from the code.
 */
import type { ExploreOptions } from '../../src/explore/index.ts';
import { DEATHS, DEATHS_AT_WRITES, type Mutant } from './mutant.ts';

export const LOCK_MUTANTS: readonly Mutant[] = [
  {
    does: 'forgets to wake a sleeper',
    file: 'sync/robust-lock.ts',
    from: 'parts.waiting.notify(words, index, Atomics.load(words, turn) === NOBODY ? 1 : Infinity);',
    to: '',
    scenario: 'prompt-wake-up',
  },
  {
    does: 'loses the waiters bit when a sleeper acquires',
    file: 'sync/robust-lock.ts',
    from: 'return Atomics.compareExchange(this.words, this.index, seen, this.own | WAITERS) === seen;',
    to: 'return Atomics.compareExchange(this.words, this.index, seen, this.own) === seen;',
    scenario: 'prompt-wake-up',
  },
  {
    does: 'reads the waiters bit before it unlocks rather than while',
    file: 'table/locked-table.ts',
    from: 'if (Atomics.compareExchange(words, index, own, FREE) !== own) {',
    to: 'const seen = Atomics.load(words, index); Atomics.store(words, index, FREE); if ((seen & WAITERS) !== 0) lock.wake(); if (seen === -1) {',
    scenario: 'prompt-wake-up',
  },
  {
    does: 'looks whether the lock is free, then takes it',
    file: 'sync/robust-lock.ts',
    from: "if (Atomics.compareExchange(this.words, this.index, FREE, this.own) === FREE) return 'acquired';\n    return this.#acquireSlow();",
    to: "if (Atomics.load(this.words, this.index) === FREE) { Atomics.store(this.words, this.index, this.own); return 'acquired'; } return this.#acquireSlow();",
    scenario: 'last-run',
  },
  {
    does: 'sets the waiters bit of an owner who has just left',
    file: 'sync/robust-lock.ts',
    from: '} else if (Atomics.compareExchange(this.words, this.index, seen, seen | WAITERS) === seen) {',
    to: '} else if (Atomics.store(this.words, this.index, seen | WAITERS)) {',
    scenario: 'lock-hand-over',
  },
  {
    does: 'seizes the lock of a slow owner',
    file: 'sync/robust-lock.ts',
    from: 'if (this.parts.owners.isDead(seen)) return true;',
    to: 'return true;',
    scenario: 'lock-timeout',
  },
  {
    does: 'does not withdraw TURN when it has the lock',
    file: 'sync/robust-lock.ts',
    from: 'if (wait.hasTurn) Atomics.compareExchange(words, turn, own, NOBODY);',
    to: '',
    scenario: 'turn-wake-up',
  },
  {
    does: 'honours TURN without end',
    file: 'sync/robust-lock.ts',
    from: '        if (isVain) this.#endTurn(wait);\n',
    to: '',
    scenario: 'turn-of-the-dead',
    options: DEATHS,
  },
  {
    does: 'leaves TURN to the dead',
    file: 'sync/robust-lock.ts',
    from: '    Atomics.compareExchange(this.words, this.turn, wait.turn, NOBODY);\n',
    to: '',
    scenario: 'turn-of-the-dead',
    options: DEATHS,
  },
  {
    does: 'takes a lock that is reserved for another',
    file: 'sync/robust-lock.ts',
    from: 'if (wait.turn === NOBODY || wait.turn === this.own) return false;',
    to: 'return false;',
    scenario: 'turn-goes-first',
  },
  {
    does: 'wakes one where the one with TURN sleeps behind others',
    file: 'sync/robust-lock.ts',
    from: 'Atomics.load(words, turn) === NOBODY ? 1 : Infinity',
    to: '1',
    scenario: 'turn-wake-up',
  },
  {
    does: 'does not start the deadline anew when the lock changes hands',
    file: 'sync/wait.ts',
    from: '    this.#leftMs = this.#patienceMs;\n    this.#standsStill = false;\n  }',
    to: '    this.#standsStill = false;\n  }',
    scenario: 'deadline-restarts',
  },
  {
    does: 'takes an owner that came back for one that stood still',
    file: 'sync/robust-lock.ts',
    from: '    Atomics.add(words, parts.moves, 1);\n',
    to: '',
    scenario: 'deadline-restarts',
  },
  {
    does: 'does not ask an owner that stands still',
    file: 'sync/robust-lock.ts',
    from: '    this.parts.owners.ask(seen);\n',
    to: '',
    scenario: 'idle-owner',
  },
  {
    does: 'does not look at the lock when it is asked',
    file: 'sync/answering.ts',
    from: 'if (this.#isListening) this.#lock.release();',
    to: '',
    scenario: 'idle-owner',
  },
  {
    does: 'claims a thread slot that another has claimed meanwhile',
    file: 'sync/thread-slots.ts',
    from: 'if (Atomics.compareExchange(this.#claims, slot * CLAIM_STRIDE, claim, mine) !== claim) continue;',
    to: 'Atomics.store(this.#claims, slot * CLAIM_STRIDE, mine);',
    scenario: 'lock-hand-over',
  },
];

export const VERDICT_MUTANTS: readonly Mutant[] = [
  {
    does: 'takes the word for an earlier tenant for that of the next',
    file: 'sync/thread-slots.ts',
    from: 'ThreadSlot.WORDS + ThreadSlot.VOUCHED) === owner;',
    to: 'ThreadSlot.WORDS + ThreadSlot.VOUCHED) !== 0;',
    scenario: 'late-verdict',
  },
  {
    does: 'frees the slot of the dead although it has another tenant',
    file: 'sync/thread-slots.ts',
    from: '    if (generationOf(claim) !== generationOfOwner(owner)) return;\n    this.#noteOrphans(); // the owner',
    to: '    this.#noteOrphans(); // the owner',
    scenario: 'late-verdict',
  },
];

export const TABLE_MUTANTS: readonly Mutant[] = [
  {
    does: 'commits a block before the rest behind it is written',
    file: 'table/block-table.ts',
    from: '    if (restLength > 0) this.map.prepare(rest, -restLength);\n    if (prefix > 0) this.map.prepare(block, unitCount | mark);\n    this.map.commit(run, committed);',
    to: '    this.map.commit(run, committed);\n    if (restLength > 0) this.map.prepare(rest, -restLength);\n    if (prefix > 0) this.map.prepare(block, unitCount | mark);',
    scenario: 'lock-hand-over',
    options: DEATHS_AT_WRITES,
  },
  {
    does: 'commits a merge at the block rather than at the lowest head',
    file: 'table/block-table.ts',
    from: 'this.map.commit(previous, committed);',
    to: 'this.map.commit(block, committed);',
    scenario: 'free-neighbours',
  },
  {
    does: 'moves the end before it writes what lies there',
    file: 'table/block-table.ts',
    from: '    this.map.prepare(added, added - unitCount);\n    Atomics.store(this.#words, Guarded.UNIT_COUNT, unitCount);',
    to: '    Atomics.store(this.#words, Guarded.UNIT_COUNT, unitCount);\n    this.map.prepare(added, added - unitCount);',
    scenario: 'grow-against-allocate',
    options: DEATHS_AT_WRITES,
  },
  {
    does: 'says that nothing is pending before what is derived has followed',
    file: 'table/block-table.ts',
    from: 'this.map.commit(previous, committed);',
    to: 'this.map.commit(previous, committed); this.#end();',
    scenario: 'free-neighbours',
    options: DEATHS,
  },
  {
    does: 'keeps the head of a run that was merged into another',
    file: 'table/block-table.ts',
    from: 'this.heads.clear(start);',
    to: '',
    scenario: 'free-neighbours',
  },
  {
    does: 'grows although another thread has grown enough',
    file: 'heap/growth.ts',
    from: 'if (tail + required > layout.unitLimit) return false;',
    to: 'if (unitCount + required > layout.unitLimit) return false;',
    scenario: 'grow-against-allocate',
  },
];

export const REPAIR_MUTANTS: readonly Mutant[] = [
  {
    does: 'waits for the dead',
    file: 'sync/robust-lock.ts',
    from: 'if (this.parts.owners.isDead(seen)) return true;',
    to: '',
    scenario: 'lock-hand-over',
    options: DEATHS,
  },
  {
    does: 'trusts what a dead thread left',
    file: 'table/locked-table.ts',
    from: '      this.#repairIfDirty();\n      return operation(this.#table, ...args);\n    } finally {\n      observer',
    to: '      return operation(this.#table, ...args);\n    } finally {\n      observer',
    scenario: 'free-neighbours',
    options: DEATHS,
  },
  {
    does: 'marks the table dirty only after the commit',
    file: 'table/block-table.ts',
    from: '    this.#begin(Change.BLOCKS, previous, committed);\n    this.map.commit(previous, committed);',
    to: '    this.map.commit(previous, committed);\n    this.#begin(Change.BLOCKS, previous, committed);',
    scenario: 'free-neighbours',
    options: DEATHS_AT_WRITES,
  },
  {
    does: 'forgets the tree in a rebuild',
    file: 'table/rebuild.ts',
    from: 'table.free.tree.rebuild(unitCount);',
    to: '',
    scenario: 'free-neighbours',
    options: DEATHS,
  },
  {
    does: 'rebuilds lists that it has not emptied',
    file: 'table/rebuild.ts',
    from: 'free.list.clear();',
    to: '',
    scenario: 'free-neighbours',
    options: DEATHS,
  },
  {
    does: 'forgets to count the free runs in a rebuild',
    file: 'table/rebuild.ts',
    from: '  layout.words[Guarded.FREE_RUNS] = freeRuns;\n',
    to: '',
    scenario: 'free-neighbours',
    options: DEATHS,
  },
  {
    does: 'leaves free neighbours apart after a growth that was cut short',
    file: 'table/rebuild.ts',
    from: '  mergeFreeNeighbours(table);\n',
    to: '',
    scenario: 'grow-against-allocate',
    options: DEATHS,
  },
  {
    does: 'says that the repair is done before it is',
    file: 'table/block-table.ts',
    from: '    rebuild(this);\n',
    to: '    this.#end();\n    rebuild(this);\n',
    scenario: 'free-neighbours',
    options: { crash: { deaths: 2 }, strategy: { kind: 'preemptions', bound: 0 } },
  },
  {
    does: 'describes a slab before it says that something is pending',
    file: 'slab/slab-supply.ts',
    from: '  table.prepare();\n  own.table.describe(run, unitCount, sizeClass, own.owner);',
    to: '  own.table.describe(run, unitCount, sizeClass, own.owner);',
    scenario: 'birth-against-lookup',
    options: DEATHS_AT_WRITES,
  },
  {
    does: 'does not derive which units lie in which slab',
    file: 'table/block-table.ts',
    from: 'for (const derive of this.#derivations) derive(this);',
    to: '',
    scenario: 'birth-against-lookup',
    options: DEATHS_AT_WRITES,
  },
  {
    does: 'forgets that the dead leave slabs behind',
    file: 'sync/thread-slots.ts',
    from: '      this.#noteOrphans();\n      if (Atomics',
    to: '      if (Atomics',
    scenario: 'memory-of-the-dead',
    options: DEATHS,
  },
];

export const SLAB_MUTANTS: readonly Mutant[] = [
  {
    does: 'looks whether a slot is in use, then marks it as freed',
    file: 'slab/slab-table.ts',
    from: 'return Atomics.compareExchange(this.states, state, USED, REMOTE) === USED;',
    to: 'if (Atomics.load(this.states, state) !== USED) return false; Atomics.store(this.states, state, REMOTE); return true;',
    scenario: 'two-remote-frees',
    options: { strategy: { kind: 'preemptions', bound: 1 } },
  },
  {
    does: 'collects slots that nobody freed',
    file: 'slab/slab.ts',
    from: 'if (states[state] !== REMOTE) continue;',
    to: 'if (states[state] !== REMOTE && states[state] !== USED) continue;',
    scenario: 'remote-free-against-collect',
  },
  {
    does: 'reads the owner before it frees the slot',
    file: 'slab/thread-slabs.ts',
    from: '    if (!this.table.freeRemotely(state)) return false;\n    try {\n      if (this.table.ownerAt(slab) === NO_OWNER)',
    to: '    const owner = this.table.ownerAt(slab);\n    if (!this.table.freeRemotely(state)) return false;\n    try {\n      if (owner === NO_OWNER)',
    scenario: 'leave-against-remote-free',
  },
  {
    does: 'looks through a slab before it gives up the owner word',
    file: 'slab/slab-supply.ts',
    from: '    own.table.setOwner(slab.start, NO_OWNER);\n    own.collect(slab);\n    if (slab.isEmpty) returnLocked(table, own, slab);\n    else own.drop(slab);',
    to: '    own.collect(slab);\n    if (slab.isEmpty) { returnLocked(table, own, slab); continue; }\n    own.table.setOwner(slab.start, NO_OWNER);\n    own.drop(slab);',
    scenario: 'leave-against-remote-free',
  },
  {
    does: 'gives slabs back without the lock',
    file: 'slab/thread-slabs.ts',
    from: 'this.locked.tryRun(returnLocked, this.own, slab);',
    to: 'returnLocked(this.locked.table, this.own, slab);',
    scenario: 'return-against-birth',
  },
  {
    does: 'adopts without the lock',
    file: 'slab/thread-slabs.ts',
    from: 'return this.locked.run(adoptLocked, this.own, slots);',
    to: 'return adoptLocked(this.locked.table, this.own, slots);',
    scenario: 'two-adopters',
    options: { strategy: { kind: 'preemptions', bound: 3 } },
  },
  {
    does: 'adopts without writing down the new owner',
    file: 'slab/slab-supply.ts',
    from: '    own.table.setOwner(start, own.owner);\n',
    to: '',
    scenario: 'adoption-against-remote-free',
  },
  {
    does: 'adopts the slabs of the living',
    file: 'slab/slab-supply.ts',
    from: 'gone.set(owner, slots.isDead(owner));',
    to: 'gone.set(owner, true);',
    scenario: 'living-owner',
  },
  {
    does: 'gives an orphan back that is in use',
    file: 'slab/slab-supply.ts',
    from: 'if (slabs.isEmpty(start, table.map.unitsAt(start))) giveSlabBack(table, slabs, start);',
    to: 'giveSlabBack(table, slabs, start);',
    scenario: 'orphan-against-birth',
  },
  {
    does: 'leaves the marks of a slab on memory that it gave back',
    file: 'slab/slab-supply.ts',
    from: '  slabs.forget(start, table.map.unitsAt(start));\n',
    to: '',
    scenario: 'leave-against-remote-free',
  },
];

export const IMAGE_MUTANTS: readonly Mutant[] = [
  {
    does: 'writes a block down that began before the place reached',
    file: 'image/recorder.ts',
    from: 'if (word < 0 || head < from) return',
    to: 'if (word < 0) return',
    scenario: 'save-against-change',
  },
  {
    does: 'leaves two free runs apart where one began before the place reached',
    file: 'image/recorder.ts',
    from: 'if (this.heads.last < 0) this.heads.last -= unitCount;\n    else ',
    to: '',
    scenario: 'save-against-change',
  },
  {
    does: 'looks at slabs without the lock',
    file: 'inspect/sliced-walk.ts',
    from: 'from = locked.run(sliceLocked, visitor, from, sliceSteps);',
    to: 'from = sliceLocked(locked.table, visitor, from, sliceSteps);',
    scenario: 'save-against-slabs',
  },
];

export const WALK_MUTANTS: readonly Mutant[] = [
  {
    does: 'takes the place where a walk goes on for a head',
    file: 'inspect/sliced-walk.ts',
    from: 'let head = headOf(table, from, unitCount);',
    to: 'let head = from as number;',
    scenario: 'walk-against-merge',
  },
  {
    does: 'shows a block again that has grown over the place where a walk goes on',
    file: 'inspect/walk.ts',
    from: '    if (word < 0 || from !== head) return 1;\n    if (isSlab(word)) return 1 + this.#addSlots(this.#slabs!',
    to: '    if (word < 0) return 1;\n    if (isSlab(word)) return 1 + this.#addSlots(this.#slabs!',
    scenario: 'walk-against-merge',
  },
  {
    does: 'shows a free run from its start on, of which a part was shown before',
    file: 'inspect/walk.ts',
    from: 'visit(_head: Unit, from: Unit, end: Unit, word: number): number {',
    to: 'visit(from: Unit, _from: Unit, end: Unit, word: number): number {',
    scenario: 'free-runs-against-merge',
  },
  {
    does: 'walks without the lock',
    file: 'inspect/sliced-walk.ts',
    from: 'from = locked.run(sliceLocked, visitor, from, sliceSteps);',
    to: 'from = sliceLocked(locked.table, visitor, from, sliceSteps);',
    scenario: 'walk-against-merge',
  },
];

export const BLOCK_MUTANTS: readonly Mutant[] = [
  {
    does: 'looks again under the lock for a slot that was not in use',
    file: 'heap/blocks.ts',
    from: '  throw locked.run(badFreeLocked, locator, address, seenBytes);',
    to: '  if (locked.run(() => locator.startsAt(address) && slabs!.table.freeRemotely(locator.state))) return;\n  throw locked.run(badFreeLocked, locator, address, seenBytes);',
    scenario: 'late-second-free',
  },
  {
    does: 'keeps the new place of a block whose old one was freed meanwhile',
    file: 'heap/blocks.ts',
    from: '      deallocate(member, there);\n      throw error;',
    to: '      throw error;',
    scenario: 'free-against-reallocate',
  },
  {
    does: 'moves a block without looking whether its old place is still in use',
    file: 'heap/blocks.ts',
    from: '      if (!isOurs) throw',
    to: '      if (isOurs === undefined) throw',
    scenario: 'free-against-reallocate',
  },
  {
    does: 'frees a block that was resized since it looked',
    file: 'heap/blocks.ts',
    from: 'locator.kind === Kind.BLOCK && locator.byteLength === byteLength;',
    to: 'locator.kind === Kind.BLOCK && byteLength > 0;',
    scenario: 'free-against-resize',
  },
];

export const LINGERING_MUTANTS: readonly Mutant[] = [
  {
    does: 'comes back without asking whether it was expelled',
    file: 'sync/thread-slots.ts',
    from: 'return Atomics.compareExchange(this.#words, lingeringOf(slotOfOwner(owner)), owner, 0) === owner;',
    to: 'Atomics.store(this.#words, lingeringOf(slotOfOwner(owner)), 0); return true;',
    scenario: 'lingering-slot',
  },
  {
    does: 'comes back to slabs that another has adopted',
    file: 'sync/thread-slots.ts',
    from: 'return Atomics.compareExchange(this.#words, lingeringOf(slotOfOwner(owner)), owner, 0) === owner;',
    to: 'Atomics.store(this.#words, lingeringOf(slotOfOwner(owner)), 0); return true;',
    scenario: 'come-back-against-need',
  },
  {
    does: 'looks whether a tenant lingers, then expels it',
    file: 'sync/thread-slots.ts',
    from: 'if (seen > 0 && Atomics.compareExchange(this.#words, lingeringOf(slot), owner, -owner) !== owner) return false;',
    to: 'if (seen > 0) Atomics.store(this.#words, lingeringOf(slot), -owner);',
    scenario: 'lingering-slot',
  },
  {
    does: 'forgets whom it expels before it has freed the slot',
    file: 'sync/thread-slots.ts',
    from: 'Atomics.compareExchange(this.#words, lingeringOf(slot), owner, -owner) !== owner) return false;',
    to: 'Atomics.compareExchange(this.#words, lingeringOf(slot), owner, 0) !== owner) return false;',
    scenario: 'expelled-by-the-dead',
    options: DEATHS,
  },
  {
    does: 'says that there are no orphans, though one was noted while it looked',
    file: 'slab/slab-supply.ts',
    from: 'Atomics.compareExchange(words, Guarded.ORPHANS, Orphans.BEING_ADOPTED, Orphans.NONE);',
    to: 'Atomics.store(words, Guarded.ORPHANS, Orphans.NONE);',
    scenario: 'orphan-during-adoption',
  },
];

/** Scenarios for structs take long: each thread has a heap to attach to and structs to define. */
const ONE_PREEMPTION: ExploreOptions = { strategy: { kind: 'preemptions', bound: 1 } };

/** What is read plainly may change between two reads. */
const AT_PLAIN_READS: ExploreOptions = { plain: 'schedule', strategy: { kind: 'preemptions', bound: 1 } };
const RACES: ExploreOptions = { plain: 'race-log', strategy: { kind: 'preemptions', bound: 1 } };

export const STRUCT_MUTANTS: readonly Mutant[] = [
  {
    does: 'gets a text without looking whether it was freed meanwhile',
    file: 'data/struct/owned.ts',
    from: 'if (Atomics.or(memory.u32, at + 1, 0) !== version) continue;',
    to: 'if (version < 0) continue;',
    scenario: 'struct-text-set-against-get',
    options: AT_PLAIN_READS,
  },
  {
    does: 'reads which text is there, then stores another',
    file: 'data/struct/owned.ts',
    from: 'const before = Atomics.exchange(memory.u32, at, address / STEP_BYTES);',
    to: 'const before = Atomics.load(memory.u32, at); Atomics.store(memory.u32, at, address / STEP_BYTES);',
    scenario: 'struct-two-setters',
    options: ONE_PREEMPTION,
  },
  {
    does: 'frees a text before it puts another in its place',
    file: 'data/struct/owned.ts',
    from: 'const before = Atomics.exchange(memory.u32, at, address / STEP_BYTES);',
    to: 'const old = Atomics.load(memory.u32, at); if (old !== 0) memory.heap.deallocate(old * STEP_BYTES); Atomics.store(memory.u32, at, address / STEP_BYTES); const before = 0;',
    scenario: 'struct-two-setters',
    options: DEATHS,
  },
  {
    does: 'stores a reference plainly',
    file: 'data/struct/references.ts',
    from: 'Atomics.store(memory.u32, word + first + index, addressOf(target.in(memory), place, index, value) / STEP_BYTES);',
    to: 'memory.u32[word + first + index] = addressOf(target.in(memory), place, index, value) / STEP_BYTES;',
    scenario: 'struct-ref-set-against-get',
    options: RACES,
  },
  {
    does: 'looks whether a struct lives, then frees it',
    file: 'data/struct/struct.ts',
    from: 'if (Atomics.compareExchange(memory.u32, word, type, 0) !== type) {',
    to: 'const seen = Atomics.load(memory.u32, word); Atomics.store(memory.u32, word, 0); if (seen !== type) {',
    scenario: 'struct-two-frees',
    options: ONE_PREEMPTION,
  },
  {
    does: 'describes a struct without looking who was faster',
    file: 'data/struct/registry.ts',
    from: 'const other = find(memory, description, now, seen);',
    to: 'const other = now < 0 ? find(memory, description, now, seen) : 0;',
    scenario: 'struct-definitions',
    options: ONE_PREEMPTION,
  },
  {
    does: 'stores the description that was made last over that of another',
    file: 'data/struct/registry.ts',
    from: 'const now = Atomics.compareExchange(memory.u32, TYPES, seen, type);',
    to: 'const now = seen; Atomics.store(memory.u32, TYPES, type);',
    scenario: 'struct-definitions',
    options: ONE_PREEMPTION,
  },
  {
    does: 'publishes a description before it says what comes next',
    file: 'data/struct/registry.ts',
    from: '      memory.u32[wordOf(type) + Word.NEXT] = seen;\n      const now = Atomics.compareExchange(memory.u32, TYPES, seen, type);\n',
    to: '      const now = Atomics.compareExchange(memory.u32, TYPES, seen, type);\n      memory.u32[wordOf(type) + Word.NEXT] = seen;\n',
    scenario: 'struct-definitions',
    options: RACES,
  },
];
