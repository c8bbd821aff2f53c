/** A thread that waits for a message which nobody posts under some schedules. */
import { defineScenario } from '../../../src/explore/index.ts';

export default defineScenario({
  threads: 2,
  bytes: 8,
  setup() {
    const { port1, port2 } = new MessageChannel();
    return [port1, port2];
  },
  async thread(index, buffer, ports) {
    const words = new Int32Array(buffer);
    if (index === 0) {
      Atomics.store(words, 0, 1);
      if (Atomics.load(words, 1) === 1) ports[0].postMessage('you were there');
      return;
    }
    Atomics.store(words, 1, 1);
    if (Atomics.load(words, 0) === 0) return;
    await new Promise((resolve) => {
      ports[1].addEventListener('message', resolve);
    });
  },
});
