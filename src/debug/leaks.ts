/**
 * Who holds how much: all live blocks by tag and owner, counted in one walk in slices.
 */
import { Label } from '../layout/regions.ts';
import type { Layout } from '../layout/layout.ts';
import type { Unit } from '../layout/units.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import { isSlab } from '../table/block-map.ts';
import { SLOT_BYTES } from '../slab/size-class.ts';
import { USED, type SlabTable } from '../slab/slab-table.ts';
import type { Membership } from '../heap/membership.ts';
import { walkInSlices, type Visitor } from '../inspect/sliced-walk.ts';
import type { Labels } from './labels.ts';

/** Live blocks that have tag and owner in common. */
export interface LeakInfo {
  /** The tag that they were allocated with; `null` for none, and in heaps without tags. */
  readonly tag: string | null;
  /** `threadId` of the thread that allocated them, 0 for the main thread; `null` where it is not known. */
  readonly owner: number | null;
  /** Whether that thread still lives; `null` where it is not known who it was. */
  readonly ownerAlive: boolean | null;
  readonly count: number;
  /** Usable bytes. */
  readonly bytes: number;
}

/** Blocks of one owner and tag. */
interface Heap {
  readonly owner: number;
  readonly workerId: number;
  readonly tag: number;
  count: number;
  bytes: number;
}

const TAGS_BOUND = 2 ** 20;

/**
 * All live blocks, most bytes first.
 *
 * @param tags - names by number
 */
export function leaksOf(
  { layout, locked, slots, slabs }: Membership,
  labels: Labels | undefined,
  tags: ReadonlyMap<number, string>,
): LeakInfo[] {
  const visitor = new OwnerVisitor(layout, slabs?.table, labels);
  walkInSlices(locked, visitor);
  const workers = new Map(slots.tenants().map(({ owner, workerId }) => [owner, workerId]));
  const infos = visitor.heaps.map(({ owner, workerId, tag, count, bytes }) => ({
    tag: tags.get(tag) ?? null,
    owner: workerId > 0 ? workerId - 1 : (workers.get(owner) ?? null),
    ownerAlive: isAlive(slots, owner),
    count,
    bytes,
  }));
  return infos.toSorted((one, other) => other.bytes - one.bytes);
}

function isAlive(slots: ThreadSlots, owner: number): boolean | null {
  return slots.names(owner) ? !slots.isDead(owner) : null;
}

class OwnerVisitor implements Visitor {
  readonly #heaps = new Map<number, Heap>();
  readonly #layout: Layout;
  readonly #slabs: SlabTable | undefined;
  readonly #labels: Labels | undefined;
  /** The heap of the block before, which is most often that of the next. */
  #last: Heap | undefined;

  constructor(layout: Layout, slabs: SlabTable | undefined, labels: Labels | undefined) {
    this.#layout = layout;
    this.#slabs = slabs;
    this.#labels = labels;
  }

  get heaps(): Heap[] {
    return [...this.#heaps.values()];
  }

  visit(head: Unit, from: Unit, end: Unit, word: number): number {
    if (word < 0 || from !== head) return 1;
    if (isSlab(word)) return 1 + this.#addSlots(this.#slabs!, head, end - head);
    this.#add(this.#layout.addressOf(head), this.#layout.bytesOf(end - head), 0);
    return 1;
  }

  #addSlots(slabs: SlabTable, start: Unit, unitCount: number): number {
    slabs.requireSlab(start, unitCount);
    const size = SLOT_BYTES[slabs.classAt(start)];
    const base = this.#layout.addressOf(start);
    const first = slabs.firstState(start);
    const count = slabs.slotCount(start, unitCount);
    const owner = slabs.ownerAt(start);
    for (let slot = 0; slot < count; slot++) {
      if (slabs.states[first + slot] === USED) this.#add(base + slot * size, size, owner);
    }
    return count;
  }

  #add(address: number, bytes: number, owner: number): void {
    const labels = this.#labels;
    if (labels === undefined) {
      this.#count(owner, 0, 0, bytes);
    } else if (!labels.isFreed(address)) {
      const { words } = labels;
      const at = labels.at(address);
      this.#count(words[at + Label.OWNER], words[at + Label.WORKER_ID], words[at + Label.TAG], bytes);
    }
  }

  #count(owner: number, workerId: number, tag: number, bytes: number): void {
    let heap = this.#last;
    if (heap?.owner !== owner || heap.tag !== tag) {
      const key = owner * TAGS_BOUND + tag;
      heap = this.#heaps.get(key);
      heap ??= { owner, workerId, tag, count: 0, bytes: 0 };
      this.#heaps.set(key, heap);
      this.#last = heap;
    }
    heap.count++;
    heap.bytes += bytes;
  }
}
