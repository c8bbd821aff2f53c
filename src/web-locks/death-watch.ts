/**
 * Looks for threads whose Web Lock is free, and frees their slots: by one thread with an event loop, for all others, since
 * threads that wait for the heap's lock run no promises.
 *
 *   slot        claimed ──▶ vouched for ──▶ asked for ──▶ free
 *               by its      its lock was    a shared      the lock was granted: its holder is gone
 *               thread      seen held       request waits
 *
 * A lock that is free proves nothing before it was seen held: its thread may not have come to ask for it. It vouches for
 * itself when it has the lock, or the watch does, having asked in vain. A thread asks for its lock exclusively, a watch
 * for a shared one, so that watches never take each other for the thread; where a thread waits behind one, it has the
 * lock next. Both verdicts are about an owner word, slot and generation, so the slot's next tenant is not meant.
 */
import type { OwnerWord } from '../sync/owner-word.ts';
import type { Tenant, ThreadSlots } from '../sync/thread-slots.ts';
import { lockNameOf, type WebLocks } from './web-locks-liveness.ts';

/** How often the slots are looked at for new threads. */
const LOOK_MS = 50;

/** One heap's watch, until it is disposed of. */
export class DeathWatch implements Disposable {
  readonly #locks: WebLocks;
  readonly #slots: ThreadSlots;
  readonly #own: OwnerWord;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Threads whose locks were asked for, each with what ends the request. */
  readonly #awaited = new Map<OwnerWord, AbortController>();
  #isOver = false;

  constructor(locks: WebLocks, slots: ThreadSlots, own: OwnerWord) {
    this.#locks = locks;
    this.#slots = slots;
    this.#own = own;
    this.#timer = setInterval(() => void this.#lookForNew(), LOOK_MS);
    void this.#lookForNew();
  }

  /** Looks once at every thread. Settled when each that is vouched for and gone has lost its slot. */
  async look(): Promise<void> {
    await Promise.all(this.#tenants().map(async (tenant) => this.#lookAt(tenant)));
  }

  async #lookForNew(): Promise<void> {
    const unknown = this.#tenants().filter(({ owner }) => !this.#awaited.has(owner));
    await Promise.all(unknown.map(async (tenant) => this.#lookAt(tenant)));
  }

  #tenants(): Tenant[] {
    const tenants = this.#slots.tenants().filter(({ owner }) => owner !== this.#own);
    this.#forgetAllBut(tenants);
    return tenants;
  }

  async #lookAt({ owner, identity }: Tenant): Promise<void> {
    const wasVouchedFor = this.#slots.isVouchedFor(owner);
    const isFree = await this.#isFree(identity);
    if (this.#isOver) return;
    if (isFree && wasVouchedFor) this.#slots.release(owner);
    if (isFree) return;
    this.#slots.vouch(owner);
    this.#await(owner, identity);
  }

  #isFree(identity: number): Promise<boolean> {
    const options = { mode: 'shared', ifAvailable: true } as const;
    return this.#locks.request(lockNameOf(identity), options, (lock) => lock !== null).catch(() => false);
  }

  /** Asks for the lock of a thread that is vouched for: it is granted when the thread is gone. */
  #await(owner: OwnerWord, identity: number): void {
    if (this.#awaited.has(owner)) return;
    const controller = new AbortController();
    this.#awaited.set(owner, controller);
    const options = { mode: 'shared', signal: controller.signal } as const;
    const verdict = (): void => {
      if (!this.#isOver) this.#slots.release(owner);
    };
    this.#locks.request(lockNameOf(identity), options, verdict).catch(() => undefined);
  }

  /** Ends the requests for threads that have left. */
  #forgetAllBut(tenants: readonly Tenant[]): void {
    const there = new Set(tenants.map(({ owner }) => owner));
    for (const [owner, controller] of this.#awaited) {
      if (there.has(owner)) continue;
      this.#awaited.delete(owner);
      controller.abort();
    }
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#forgetAllBut([]);
  }
}
