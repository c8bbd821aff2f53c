/**
 * What one member of a heap does so that deaths become known where Web Locks tell of them: it vouches for itself once it
 * has its lock, and watches the others if its thread may not block, as the main thread of a page, or on request. Where
 * the platform tells of deaths by other means there is nothing to do.
 */
import { AllocatorError } from '../allocator-error.ts';
import type { Liveness } from '../sync/liveness.ts';
import type { OwnerWord } from '../sync/owner-word.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import { mayBlock } from '../sync/waiting.ts';
import { DeathWatch } from './death-watch.ts';
import { WebLocksLiveness } from './web-locks-liveness.ts';

/** A member's part in making deaths known. */
export class KnownDeaths {
  readonly #liveness: WebLocksLiveness | undefined;
  readonly #slots: ThreadSlots;
  readonly #own: OwnerWord;
  #watch: DeathWatch | undefined;
  /** Who wants the watch. */
  readonly #reasons = new Set<symbol>();
  #isOver = false;

  constructor(liveness: Liveness, slots: ThreadSlots, own: OwnerWord) {
    this.#liveness = liveness instanceof WebLocksLiveness ? liveness : undefined;
    this.#slots = slots;
    this.#own = own;
  }

  start(): void {
    if (this.#liveness === undefined) return;
    this.#liveness.held.then(
      () => this.#vouch(),
      () => undefined,
    );
    if (!mayBlock()) this.watch();
  }

  #vouch(): void {
    if (!this.#isOver) this.#slots.vouch(this.#own);
  }

  /** Settled when the end of this thread would be noticed. */
  ready(): Promise<void> {
    return this.#liveness?.held ?? Promise.resolve();
  }

  /**
   * Watches all other threads until it is disposed of, or the member leaves.
   *
   * @throws AllocatorError `UNSUPPORTED` without Web Locks
   */
  watch(): Disposable {
    const { locks } = this.#required();
    const reason = Symbol('watch');
    this.#reasons.add(reason);
    this.#watch ??= new DeathWatch(locks, this.#slots, this.#own);
    return { [Symbol.dispose]: () => this.#endFor(reason) };
  }

  #endFor(reason: symbol): void {
    this.#reasons.delete(reason);
    if (this.#reasons.size === 0) this.#endWatch();
  }

  /** Looks at all other threads now. Settled when the deaths that can be known are known to all. */
  async look(): Promise<void> {
    const watch = this.watch();
    try {
      await this.#watch!.look();
    } finally {
      watch[Symbol.dispose]();
    }
  }

  #required(): WebLocksLiveness {
    if (this.#liveness !== undefined) return this.#liveness;
    throw new AllocatorError(
      'UNSUPPORTED',
      'the end of a web worker is known through Web Locks, which need a secure page and the default liveness',
    );
  }

  #endWatch(): void {
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
  }

  end(): void {
    this.#isOver = true;
    this.#endWatch();
  }
}
