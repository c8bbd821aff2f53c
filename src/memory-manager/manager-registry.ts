/**
 * The heaps that this thread is a member of, by their random id: posting a handle yields a new SharedArrayBuffer object
 * each time, yet attaching again must find what the thread has.
 *
 * A membership outlives the manager in front of it, so that attaching again costs little. It is held weakly: when
 * nobody has a manager of it any more, it lasts until memory is collected, and ends then.
 */
import type { Membership } from '../heap/membership.ts';
import type { Tenancy } from '../heap/tenancy.ts';
import { heapIdOf } from './heap-buffer.ts';

/** What a thread has of its heaps, where `Manager` stands in front of a membership while it is attached. */
export class ManagerRegistry<Manager extends object> {
  /** By the id of the heap; a copy of a heap has the same id. */
  readonly #members = new Map<string, WeakRef<Membership>[]>();
  readonly #managers = new WeakMap<Membership, Manager>();
  readonly #collected = new FinalizationRegistry<{ heapId: string; tenancy: Tenancy }>(({ heapId, tenancy }) => {
    this.#drop(heapId);
    tenancy.end();
  });

  /** The membership of this thread in the heap that lies in `buffer`, attached or lingering. */
  memberIn(buffer: unknown): Membership | undefined {
    const heapId = heapIdOf(buffer);
    const known = heapId === undefined ? undefined : this.#members.get(heapId);
    return known?.map((member) => member.deref()).find((member) => member?.isIn(buffer as SharedArrayBuffer));
  }

  /** The manager in front of a membership, if it is attached. */
  managerOf(member: Membership): Manager | undefined {
    return this.#managers.get(member);
  }

  /** Says that a manager stands in front of a membership from now on. The newest membership of a heap comes first. */
  remember(member: Membership, manager: Manager): void {
    this.#managers.set(member, manager);
    const { heapId, tenancy } = member;
    const known = this.#members.get(heapId) ?? [];
    if (known.some((one) => one.deref() === member)) return;
    this.#members.set(heapId, [new WeakRef(member), ...known]);
    this.#collected.register(member, { heapId, tenancy });
  }

  /** Says that none does any more. */
  forget(member: Membership): void {
    this.#managers.delete(member);
  }

  #drop(heapId: string): void {
    const left = (this.#members.get(heapId) ?? []).filter((member) => member.deref() !== undefined);
    if (left.length > 0) this.#members.set(heapId, left);
    else this.#members.delete(heapId);
  }
}
