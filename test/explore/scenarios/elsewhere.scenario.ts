import vm from 'node:vm';
import { defineScenario } from '../../../src/explore/index.ts';

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });

/** Works on memory of WebAssembly, and with `Atomics` of another realm. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    Atomics.add(new Int32Array(memory.buffer), 0, 1);
    const foreign = vm.runInNewContext('Atomics') as typeof Atomics;
    foreign.add(words, 1, 1);
    Atomics.add(words, 0, 1);
  },
});
