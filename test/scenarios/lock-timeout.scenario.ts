import { defineScenario } from '../../src/explore/index.ts';
import { MemoryManager } from '../../src/memory-manager/memory-manager.ts';
import type { Membership } from '../../src/heap/membership.ts';
import { openMember } from '../../src/memory-manager/members.ts';
import { layoutOfHeap } from '../../src/memory-manager/heap-buffer.ts';

const OPTIONS = { slabs: false, maxThreads: 3, lockTimeoutMs: 30 } as const;
const image = new MemoryManager(64, { ...OPTIONS, liveness: { self: () => 9, isAlive: () => true } });
image.detach();
const HEAP_BYTES = image.buffer.byteLength;
const RELEASED = HEAP_BYTES / 4;

function attachmentOf(buffer: SharedArrayBuffer, identity: number): Membership {
  const liveness = { self: () => identity, isAlive: () => true };
  return openMember(layoutOfHeap(buffer), { fits: [], liveness }, false);
}

/** One thread stays in the lock until the other has given up waiting: a live owner is named, and never robbed. */
export default defineScenario({
  threads: 2,
  bytes: HEAP_BYTES + 64,
  setup(buffer) {
    new Uint8Array(buffer).set(new Uint8Array(image.buffer));
  },
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    const { locked } = attachmentOf(buffer, index + 1);
    const hold = (): void => {
      Atomics.store(words, RELEASED, 1);
      Atomics.notify(words, RELEASED);
      Atomics.wait(words, RELEASED, 1);
    };
    if (index === 0) return locked.run(hold);
    Atomics.wait(words, RELEASED, 0);
    try {
      locked.run(() => undefined);
    } catch (error) {
      Atomics.store(
        words,
        RELEASED + 1,
        /^the lock was held by .* for more than 30 ms$/.test((error as Error).message) ? 1 : 2,
      );
    }
    Atomics.store(words, RELEASED, 2);
    Atomics.notify(words, RELEASED);
    return undefined;
  },
  check(buffer) {
    const words = new Int32Array(buffer);
    if (words[RELEASED + 1] !== 1)
      throw new Error(`the waiter ended with ${words[RELEASED + 1]} in place of LOCK_TIMEOUT`);
  },
});
