/**
 * What an image tells without being loaded: the heap's own words as they were found, and what lived in it, by size and
 * by the thread that its slab belonged to.
 */
import type { Tenant } from '../sync/thread-slots.ts';
import type { AsFound } from './as-found.ts';
import type { ImageHead } from './head.ts';
import { readImage } from './reading.ts';
import type { ImageSource } from './medium/source.ts';
import { visit, visitUsed, type RecordedSlab, type Structure } from './structure.ts';

/** Live blocks of one usable size. */
export interface LiveSize {
  readonly size: number;
  readonly kind: 'block' | 'slot';
  readonly blocks: number;
  readonly bytes: number;
}

/** Who allocated from slabs: an owner that lives or died as far as was known, one that had left, none; or the table. */
export type OwnerState = 'alive' | 'dead' | 'gone' | 'none' | 'table';

/** Live blocks in the slabs of one owner, or all those that come from the table. */
export interface LiveOwner {
  readonly state: OwnerState;
  /** The thread, if it had a slot still. */
  readonly thread: Tenant | undefined;
  readonly slabs: number;
  readonly blocks: number;
  readonly bytes: number;
}

export interface ImageFindings {
  readonly head: ImageHead;
  readonly found: AsFound;
  /** Most bytes first. */
  readonly sizes: readonly LiveSize[];
  readonly owners: readonly LiveOwner[];
  readonly blocks: number;
  readonly bytes: number;
  readonly structure: Structure;
}

/** @throws AllocatorError as `readImage` does; the contents are not read */
export function findingsIn(source: ImageSource): ImageFindings {
  const { head, found, structure } = readImage(source);
  const sizes = new Tally<LiveSize>();
  const owners = new Tally<LiveOwner>();
  visit(structure, {
    block(_start, unitCount) {
      const size = unitCount * structure.unitBytes;
      sizes.add(`block ${size}`, { size, kind: 'block' }, 1, size);
      owners.add('table', { state: 'table', thread: undefined, slabs: 0 }, 1, size);
    },
    slab(slab) {
      const { slotBytes: size, owner } = slab;
      const used = usedSlots(structure, slab);
      if (used > 0) sizes.add(`slot ${size}`, { size, kind: 'slot' }, used, used * size);
      owners.add(`${owner}`, ownerOf(owner, found), used, used * size, 1);
    },
  });
  const all = sizes.rows();
  return {
    head,
    found,
    structure,
    sizes: all,
    owners: owners.rows(),
    blocks: all.reduce((sum, { blocks }) => sum + blocks, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function usedSlots(structure: Structure, slab: RecordedSlab): number {
  let used = 0;
  visitUsed(structure, slab, (_first, count) => (used += count));
  return used;
}

function ownerOf(owner: number, { threads }: AsFound): Pick<LiveOwner, 'state' | 'thread' | 'slabs'> {
  if (owner === 0) return { state: 'none', thread: undefined, slabs: 0 };
  const thread = threads.find((tenant) => tenant.owner === owner);
  return { state: thread === undefined ? 'gone' : thread.isAlive ? 'alive' : 'dead', thread, slabs: 0 };
}

/** Adds up rows of the same key. */
class Tally<Row extends { blocks: number; bytes: number; slabs?: number }> {
  readonly #rows = new Map<string, Row>();

  add(key: string, kind: Omit<Row, 'blocks' | 'bytes'>, blocks: number, bytes: number, slabs = 0): void {
    const before = this.#rows.get(key) ?? ({ ...kind, blocks: 0, bytes: 0 } as unknown as Row);
    const after = { ...before, blocks: before.blocks + blocks, bytes: before.bytes + bytes };
    if (before.slabs !== undefined) after.slabs = before.slabs + slabs;
    this.#rows.set(key, after);
  }

  /** Most bytes first. */
  rows(): Row[] {
    return [...this.#rows.values()].toSorted((one, other) => other.bytes - one.bytes);
  }
}
