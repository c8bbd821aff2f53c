import { defineScenario } from '../../src/explore/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { MemoryManager } from '../../src/memory-manager/memory-manager.ts';
import { ThreadSlots } from '../../src/sync/thread-slots.ts';

const image = new MemoryManager(64, { slabs: false, maxThreads: 1, liveness: { self: () => 9, isAlive: () => true } });
image.detach();

const slotsOf = (buffer: SharedArrayBuffer) =>
  new ThreadSlots(new Layout(buffer), { self: () => 9, isAlive: () => true });

/**
 * A thread passes the verdict on everybody who was vouched for, while the thread that was leaves, and another, which is
 * not, claims its slot: the verdict is not about that one.
 */
export default defineScenario({
  threads: 2,
  bytes: image.buffer.byteLength,
  setup(buffer) {
    new Uint8Array(buffer).set(new Uint8Array(image.buffer));
  },
  thread(index, buffer) {
    const slots = slotsOf(buffer);
    if (index === 0) {
      for (const { owner } of slots.tenants()) if (slots.isVouchedFor(owner)) slots.release(owner);
      return;
    }
    const first = slots.claim(1);
    slots.vouch(first);
    slots.release(first);
    slots.claim(2);
  },
  check(buffer, { died }) {
    if (died.length === 0 && slotsOf(buffer).claimedCount() !== 1) throw new Error('a living thread has lost its slot');
  },
});
