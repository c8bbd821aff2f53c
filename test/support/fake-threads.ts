/**
 * Threads that only the heap believes in: several attachments in one real thread, each with an identity that the test
 * keeps alive or declares dead. The lock is put in their hands by hand.
 */
import type { MemoryManager, Liveness } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Lock } from '../../src/layout/regions.ts';
import type { Membership } from '../../src/heap/membership.ts';
import { openMember } from '../../src/memory-manager/members.ts';

/** Who is alive, as the test says. */
export class FakeThreads {
  readonly #alive = new Set<number>();
  #last = 0;

  /** The liveness of a new thread. */
  start(): Liveness & { readonly identity: number } {
    const identity = ++this.#last;
    this.#alive.add(identity);
    return { identity, self: () => identity, isAlive: (other) => this.#alive.has(other) };
  }

  kill(identity: number): void {
    this.#alive.delete(identity);
  }
}

/** A thread that is attached to a heap and can be made to hold its lock. */
export class FakeThread {
  readonly member: Membership;
  readonly identity: number;
  readonly ownerWord: number;
  readonly #threads: FakeThreads;
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(heap: MemoryManager, threads: FakeThreads) {
    const liveness = threads.start();
    const layout = new Layout(heap.buffer);
    this.#threads = threads;
    this.#words = layout.words;
    this.identity = liveness.identity;
    this.member = openMember(layout, { fits: [], liveness }, false);
    this.ownerWord = this.member.locked.run(() => this.lockWord()) & ~1;
  }

  lockWord(): number {
    return Atomics.load(this.#words, Lock.OWNER);
  }

  holdLock(): void {
    const before = Atomics.compareExchange(this.#words, Lock.OWNER, 0, this.ownerWord);
    if (before !== 0) throw new Error(`the lock is held by ${before} already`);
  }

  releaseLock(): void {
    Atomics.store(this.#words, Lock.OWNER, 0);
    Atomics.notify(this.#words, Lock.OWNER);
  }

  die(): void {
    this.#threads.kill(this.identity);
  }
}
