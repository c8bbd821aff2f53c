import { defineScenario } from '../../src/explore/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { ThreadSlots } from '../../src/sync/thread-slots.ts';
import { MemoryManager } from '../../src/memory-manager/memory-manager.ts';

const ALIVE = { self: () => 9, isAlive: () => true };
const image = new MemoryManager(64, { slabs: false, maxThreads: 1, liveness: ALIVE });
image.detach();
/** Behind the heap: whether the first thread lingers, whether it came back, whether the second has the only slot. */
const WORDS = image.buffer.byteLength / 4;
const [LINGERS, CAME_BACK, CLAIMED] = [WORDS, WORDS + 1, WORDS + 2];

function slotsOf(buffer: SharedArrayBuffer, identity: number): ThreadSlots {
  return new ThreadSlots(new Layout(buffer), { ...ALIVE, self: () => identity });
}

/** The only thread slot of a heap: its tenant comes back while another thread, which needs a slot, expels it. */
export default defineScenario({
  threads: 2,
  bytes: image.buffer.byteLength + 64,
  setup(buffer) {
    new Uint8Array(buffer).set(new Uint8Array(image.buffer));
    slotsOf(buffer, 9).expelLingering();
  },
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    const slots = slotsOf(buffer, index + 1);
    if (index === 0) {
      const own = slots.claim();
      slots.linger(own);
      Atomics.store(words, LINGERS, 1);
      if (slots.resume(own)) Atomics.store(words, CAME_BACK, slots.isDead(own) ? 2 : 1);
      else slots.release(own);
      return;
    }
    while (Atomics.load(words, LINGERS) === 0);
    try {
      slots.claim();
      Atomics.store(words, CLAIMED, 1);
    } catch {
      // the first thread has come back
    }
  },
  onDeath(index, buffer) {
    if (index === 0) Atomics.store(new Int32Array(buffer), LINGERS, 1);
  },
  check(buffer, { died }) {
    const words = new Int32Array(buffer);
    const [cameBack, claimed] = [words[CAME_BACK], words[CLAIMED]];
    if (cameBack === 2) throw new Error('a thread that came back counts as dead');
    if (cameBack + claimed > 1) throw new Error('two threads have one slot');
    if (died.length === 0 && cameBack + claimed !== 1) throw new Error('nobody has the slot');
  },
});
