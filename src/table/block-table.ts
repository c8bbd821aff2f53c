/**
 * Blocks and free runs: taking, giving back, resizing, growing. The caller holds the lock.
 *
 *   take       [─────── run ───────]   →   [prefix][ block ][ rest ]
 *   giveBack   [prev][ block ][next]   →   [───────── run ─────────]      free neighbours merge at once
 *   resize     [ block ][── next ──]   →   [─── block ───][─ rest ─]
 *   extend     …[last]END              →   …[last + added]END'
 *
 * Each change has the same four steps: DIRTY is set · heads that nobody can see yet are written · one store to the
 * block map commits · what is derived follows, and DIRTY is cleared. A change that is cut short between the steps,
 * by the death of its thread or by a stack overflow, leaves DIRTY set: the next holder of the lock calls `rebuild`.
 * Layers above that describe blocks in words of their own do that between `prepare` and the change, and say with
 * `deriveAlso` how to derive these words anew.
 *
 * Invariants outside a change: blocks and free runs tile the units; no two free runs touch; derived words agree with
 * the block map; used units + free units = units under management.
 */
import { AllocatorError } from '../allocator-error.ts';
import { Change, Guarded } from '../layout/regions.ts';
import { NO_UNIT, roundUp, unitAfter, type Unit } from '../layout/units.ts';
import type { Layout } from '../layout/layout.ts';
import type { Fit } from '../fit/fit.ts';
import { BlockMap } from './block-map.ts';
import { FreeRunIndex } from './free-run-index.ts';
import { HeadBitmap } from './head-bitmap.ts';
import { rebuild } from './rebuild.ts';
import type { TableWords } from './table-words.ts';

/** What became of a change that was cut short: without its commit it never happened, with it all that follows is derived. */
export type Repair = 'none' | 'undone' | 'completed';

/** The table of one heap, as one thread sees it. */
export class BlockTable implements TableWords {
  readonly layout: Layout;
  readonly fit: Fit;
  readonly map: BlockMap;
  readonly heads: HeadBitmap;
  readonly free: FreeRunIndex;
  /** Whether the last `giveBack` took effect, also if it was cut short afterwards. A field, as the stack may end there. */
  hasGivenBack: boolean = false;
  readonly #words: Int32Array;
  readonly #derivations: ((table: BlockTable) => void)[] = [];

  constructor(layout: Layout, fit: Fit) {
    this.layout = layout;
    this.fit = fit;
    this.map = new BlockMap(layout);
    this.heads = new HeadBitmap(layout);
    this.free = new FreeRunIndex(layout, this.map, this.heads);
    this.#words = layout.words;
  }

  /** Units under management. */
  get unitCount(): number {
    return this.#words[Guarded.UNIT_COUNT];
  }

  /** The same for a thread without the lock. */
  loadUnitCount(): number {
    return Atomics.load(this.#words, Guarded.UNIT_COUNT);
  }

  /**
   * Takes a block of `unitCount` units whose first unit is a multiple of `alignment`, from the low end of the free
   * run that the fit chooses. NO_UNIT if there is none.
   */
  take(unitCount: number, alignment: number): Unit {
    const run = alignment === 1 ? this.find(unitCount) : this.#findAligned(unitCount, alignment);
    if (run === NO_UNIT) return NO_UNIT;
    const block = alignment === 1 ? run : (roundUp(run, alignment) as Unit);
    this.carve(run, block, unitCount, 0);
    return block;
  }

  /** The free run from whose low end a block of `unitCount` units is to be taken, or NO_UNIT. */
  find(unitCount: number): Unit {
    return this.fit.find(this.free, unitCount, this.#words[Guarded.ROVER] as Unit);
  }

  /** A run long enough for any shift; failing that, some run that happens to lie right (linear, but the last resort). */
  #findAligned(unitCount: number, alignment: number): Unit {
    const roomy = this.find(unitCount + alignment - 1);
    if (roomy !== NO_UNIT) return roomy;
    for (let run = this.free.nextFrom(0 as Unit); run !== NO_UNIT; run = this.free.nextFrom(run, true)) {
      if (roundUp(run, alignment) + unitCount <= run + this.free.lengthAt(run)) return run;
    }
    return NO_UNIT;
  }

  /** Makes a block of `unitCount` units at `block` out of a free run that holds it; `mark` is 0 or SLAB. */
  carve(run: Unit, block: Unit, unitCount: number, mark: number): void {
    const length = this.map.freeUnitsAt(run);
    const prefix = block - run;
    const rest = unitAfter(block, unitCount);
    const restLength = length - prefix - unitCount;
    if (!(restLength >= 0 && run + length <= this.unitCount)) throw noRunError(run, length, prefix + unitCount);
    const committed = prefix > 0 ? -prefix : unitCount | mark;
    this.#begin(Change.BLOCKS, run, committed);
    if (restLength > 0) this.map.prepare(rest, -restLength);
    if (prefix > 0) this.map.prepare(block, unitCount | mark);
    this.map.commit(run, committed);
    if (restLength > 0) this.heads.set(rest);
    if (prefix > 0) this.heads.set(block);
    this.free.list.remove(run);
    if (prefix > 0) this.free.list.insert(run, prefix);
    if (restLength > 0) this.#addRun(rest, restLength);
    this.free.tree.lower(run, length);
    this.#count(unitCount, (prefix > 0 ? 1 : 0) + (restLength > 0 ? 1 : 0) - 1);
    this.#words[Guarded.ROVER] = rest < this.unitCount ? rest : 0;
    this.#end();
  }

  /** Gives the block that starts at `block` back and merges it with its free neighbours. */
  giveBack(block: Unit): void {
    this.hasGivenBack = false;
    const length = this.map.unitsAt(block);
    const next = unitAfter(block, length);
    const nextLength = this.#freeLengthAt(next);
    const previous = this.#freeRunBefore(block);
    const previousLength = block - previous;
    const committed = -(previousLength + length + nextLength);
    this.#begin(Change.BLOCKS, previous, committed);
    this.map.commit(previous, committed);
    this.hasGivenBack = true;
    if (previousLength > 0) this.heads.clear(block);
    if (previousLength > 0) this.free.list.remove(previous);
    if (nextLength > 0) this.#dropRun(next);
    this.#addRun(previous, -committed);
    if (nextLength > 0) this.free.tree.lower(next, nextLength);
    this.#count(-length, 1 - (previousLength > 0 ? 1 : 0) - (nextLength > 0 ? 1 : 0));
    this.#end();
  }

  /** Makes the block `unitCount` units long in place; false if the memory behind it does not allow that. */
  resize(block: Unit, unitCount: number): boolean {
    const length = this.map.unitsAt(block);
    const next = unitAfter(block, length);
    const nextLength = this.#freeLengthAt(next);
    const restLength = length + nextLength - unitCount;
    if (restLength < 0) return false;
    if (unitCount === length) return true;
    const rest = unitAfter(block, unitCount);
    this.#begin(Change.BLOCKS, block, unitCount);
    if (restLength > 0) this.map.prepare(rest, -restLength);
    this.map.commit(block, unitCount);
    if (nextLength > 0) this.#dropRun(next);
    if (restLength > 0) this.heads.set(rest);
    if (restLength > 0) this.#addRun(rest, restLength);
    if (nextLength > 0) this.free.tree.lower(next, nextLength);
    this.#count(unitCount - length, (restLength > 0 ? 1 : 0) - (nextLength > 0 ? 1 : 0));
    this.#end();
    return true;
  }

  /** Where the free run at the end of the memory starts; the end itself if a block lies there. */
  get tail(): Unit {
    return this.#freeRunBefore(this.unitCount as Unit);
  }

  /** Takes the units up to `unitCount`, for which the buffer has room already, under management. */
  extend(unitCount: number): void {
    const added = this.unitCount as Unit;
    const last = this.tail;
    this.#begin(Change.GROWTH, added, unitCount);
    this.map.prepare(added, added - unitCount);
    Atomics.store(this.#words, Guarded.UNIT_COUNT, unitCount);
    if (last !== added) this.map.commit(last, last - unitCount);
    if (last !== added) this.free.list.remove(last);
    else this.heads.set(added);
    this.#addRun(last, unitCount - last);
    this.#count(0, last === added ? 1 : 0);
    this.#end();
  }

  /** Announces that words are about to be written which nobody can see before the change that follows. */
  prepare(): void {
    this.#words[Guarded.DIRTY] = Change.PREPARED;
  }

  /** Names a way to derive words of a layer above from the block map, for repairs. */
  deriveAlso(derive: (table: BlockTable) => void): void {
    this.#derivations.push(derive);
  }

  /** Derives everything anew from the block map if the last change was not finished; says what became of it. */
  repairIfDirty(): Repair {
    if (this.#words[Guarded.DIRTY] === Change.NONE) return 'none';
    const outcome = this.#isCommitted() ? 'completed' : 'undone';
    rebuild(this);
    for (const derive of this.#derivations) derive(this);
    this.#end();
    return outcome;
  }

  #isCommitted(): boolean {
    const pending = this.#words[Guarded.PENDING_WORD];
    const change = this.#words[Guarded.DIRTY];
    if (change === Change.GROWTH) return this.unitCount === pending;
    return change === Change.BLOCKS && this.map.at(this.#words[Guarded.PENDING_HEAD]) === pending;
  }

  #freeLengthAt(head: Unit): number {
    return head < this.unitCount ? this.map.freeUnitsAt(head) : 0;
  }

  /** Start of the free run that ends just before `head`, or `head` itself. */
  #freeRunBefore(head: Unit): Unit {
    if (head === 0) return head;
    const previous = this.heads.lastAtOrBefore(head - 1) as Unit;
    return this.map.freeUnitsAt(previous) > 0 ? previous : head;
  }

  #addRun(start: Unit, length: number): void {
    this.free.list.insert(start, length);
    this.free.tree.raise(start, length);
  }

  /** Forgets a free run whose units belong to another from now on; its chunk's maximum is lowered by the caller. */
  #dropRun(start: Unit): void {
    this.heads.clear(start);
    this.free.list.remove(start);
  }

  #count(usedUnits: number, freeRuns: number): void {
    const used = this.#words[Guarded.USED_UNITS] + usedUnits;
    this.#words[Guarded.USED_UNITS] = used;
    this.#words[Guarded.FREE_RUNS] += freeRuns;
    if (used > this.#words[Guarded.PEAK_USED_UNITS]) this.#words[Guarded.PEAK_USED_UNITS] = used;
  }

  #begin(change: number, head: Unit, word: number): void {
    this.#words[Guarded.PENDING_HEAD] = head;
    this.#words[Guarded.PENDING_WORD] = word;
    this.#words[Guarded.DIRTY] = change;
  }

  #end(): void {
    this.#words[Guarded.DIRTY] = Change.NONE;
  }
}

/** What is derived names a run that the block map does not have: foreign hands wrote one of them. */
function noRunError(run: Unit, length: number, needed: number): AllocatorError {
  const where = `unit ${run}, where the block map has a free run of ${length}`;
  return new AllocatorError('CORRUPTED', `the heap is inconsistent: ${needed} units were to be taken at ${where}`);
}
