import { defineScenario } from '../../src/explore/index.ts';
import { Lock } from '../../src/layout/regions.ts';
import { layoutOfHeap } from '../../src/memory-manager/heap-buffer.ts';
import { openMember } from '../../src/memory-manager/members.ts';
import { MemoryManager } from '../../src/memory-manager/memory-manager.ts';

const OPTIONS = { slabs: false, maxThreads: 3, lockTimeoutMs: 30 } as const;
const liveness = (identity: number) => ({ self: () => identity, isAlive: () => true });
const image = new MemoryManager(64, { ...OPTIONS, liveness: liveness(9) });
image.detach();
const HEAP_BYTES = image.buffer.byteLength;
const LEFT = HEAP_BYTES / 4;
const DONE = LEFT + 1;

/** A thread that was cut off inside the lock and is idle gives it back when another asks. */
export default defineScenario({
  threads: 2,
  bytes: HEAP_BYTES + 64,
  setup(buffer) {
    new Uint8Array(buffer).set(new Uint8Array(image.buffer));
  },
  async thread(index, buffer) {
    const words = new Int32Array(buffer);
    const member = openMember(layoutOfHeap(buffer), { fits: [], liveness: liveness(index + 1) }, index === 0);
    if (index === 0) {
      const own = member.locked.run(() => Atomics.load(words, Lock.OWNER)) & ~1;
      Atomics.store(words, Lock.OWNER, own); // as a `vm` timeout leaves it
      Atomics.store(words, LEFT, 1);
      Atomics.notify(words, LEFT);
      while (Atomics.load(words, DONE) === 0) await Atomics.waitAsync(words, DONE, 0).value;
    } else {
      while (Atomics.load(words, LEFT) === 0) Atomics.wait(words, LEFT, 0);
      member.locked.run(() => undefined);
      Atomics.store(words, DONE, 1);
      Atomics.notify(words, DONE);
    }
    member.leave();
  },
  check(buffer) {
    const owner = new Int32Array(buffer)[Lock.OWNER];
    if (owner !== 0) throw new Error(`the lock is left at ${owner}`);
  },
});
