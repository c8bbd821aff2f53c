import { defineScenario } from '../../../../src/explore/index.ts';
import { ShadowMap } from '../../../../src/stress/oracles/shadow-map.ts';

const MAP_BYTES = 2048;
const GIVEN = Math.ceil(ShadowMap.reserve(MAP_BYTES).byteLength / 4);

/** A block is released before its memory goes to another thread, which claims parts of it: nobody sees an overlap. */
export default defineScenario({
  threads: 2,
  bytes: GIVEN * 4 + 16,
  thread(index, buffer) {
    const map = new ShadowMap(buffer, 0, MAP_BYTES);
    const words = new Int32Array(buffer);
    const claim = (name: number, address: number, size: number): void => {
      const other = map.claim(name, address, size);
      if (other !== 0) throw new Error(`${name} found ${other}`);
    };
    if (index === 0) {
      claim(1, 32, 1040);
      map.release(32);
      Atomics.store(words, GIVEN, 1);
      claim(2, 1200, 100);
    } else {
      claim(3, 16, 16);
      if (Atomics.load(words, GIVEN) === 1) claim(4, 480, 600);
      claim(5, 1088, 100);
      map.release(16);
    }
  },
});
