/**
 * Who holds how much: all live blocks by tag and owner, counted in one walk in slices.
 */
import { Label } from '../layout/regions.ts';
import type { Layout } from '../layout/layout.ts';
import type { Unit } from '../layout/units.ts';
import type { Tenant } from '../sync/thread-slots.ts';
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
  /** Whether that thread is attached and lives; `null` where it is not known who it was. */
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
/** Stands for an owner who is not known. */
const NOBODY = 0;

/**
 * All live blocks, most bytes first.
 *
 * @param tags - names by number
 * @param own - blocks of the table that hold names of roots and tags, and are nobody's leak
 */
export function leaksOf(
  { layout, locked, slots, slabs }: Membership,
  labels: Labels | undefined,
  tags: ReadonlyMap<number, string>,
  own: ReadonlySet<number>,
): LeakInfo[] {
  const visitor = new OwnerVisitor(layout, slabs?.table, labels, own);
  walkInSlices(locked, visitor);
  const tenants = slots.tenants();
  const infos = visitor.heaps.map(({ owner, workerId, tag, count, bytes }) => {
    const thread = workerId > 0 ? workerId - 1 : (tenants.find((tenant) => tenant.owner === owner)?.workerId ?? null);
    const isAlive = tenants.some((tenant) => tenant.isAlive && isTenant(tenant, owner, workerId));
    return { tag: tags.get(tag) ?? null, owner: thread, ownerAlive: owner === NOBODY ? null : isAlive, count, bytes };
  });
  return infos.toSorted((one, other) => other.bytes - one.bytes);
}

/** Whether a tenant is the thread of that number, or where threads have none, of that owner word. */
function isTenant(tenant: Tenant, owner: number, workerId: number): boolean {
  return workerId > 0 ? tenant.workerId === workerId - 1 : tenant.owner === owner;
}

class OwnerVisitor implements Visitor {
  readonly #heaps = new Map<number, Heap>();
  readonly #layout: Layout;
  readonly #slabs: SlabTable | undefined;
  readonly #labels: Labels | undefined;
  readonly #own: ReadonlySet<number>;
  /** The heap of the block before, which is most often that of the next. */
  #last: Heap | undefined;

  constructor(layout: Layout, slabs: SlabTable | undefined, labels: Labels | undefined, own: ReadonlySet<number>) {
    this.#layout = layout;
    this.#slabs = slabs;
    this.#labels = labels;
    this.#own = own;
  }

  get heaps(): Heap[] {
    return [...this.#heaps.values()];
  }

  visit(head: Unit, from: Unit, end: Unit, word: number): number {
    if (word < 0 || from !== head) return 1;
    if (isSlab(word)) return 1 + this.#addSlots(this.#slabs!, head, end - head);
    const address = this.#layout.addressOf(head);
    if (!this.#own.has(address)) this.#add(address, this.#layout.bytesOf(end - head), NOBODY);
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
      const key = (workerId > 0 ? -workerId : owner) * TAGS_BOUND + tag;
      heap = this.#heaps.get(key);
      heap ??= { owner, workerId, tag, count: 0, bytes: 0 };
      this.#heaps.set(key, heap);
      this.#last = heap;
    }
    heap.count++;
    heap.bytes += bytes;
  }
}
