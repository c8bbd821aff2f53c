import { defineScenario } from '../../../../src/explore/index.ts';
import { ShadowMap } from '../../../../src/stress/oracles/shadow-map.ts';

/** Pairs of blocks that overlap: a start in the other's first cell, in a later one, and reaching into it. */
const PAIRS = [
  [
    { address: 64, size: 64 },
    { address: 96, size: 512 },
  ],
  [
    { address: 1024, size: 1200 },
    { address: 2048, size: 16 },
  ],
  [
    { address: 4096, size: 600 },
    { address: 4608, size: 600 },
  ],
] as const;
const MAP_BYTES = 5632;
const SEEN = Math.ceil(ShadowMap.reserve(MAP_BYTES).byteLength / 4);

/** Of two claims that overlap, at least one finds the other, whichever comes first. */
export default defineScenario({
  threads: 2,
  bytes: SEEN * 4 + 32,
  thread(index, buffer) {
    const map = new ShadowMap(buffer, 0, MAP_BYTES);
    const words = new Int32Array(buffer);
    for (const [pair, blocks] of PAIRS.entries()) {
      const { address, size } = blocks[index];
      if (map.claim(index + 1, address, size) !== 0) words[SEEN + 2 * pair + index] = 1;
    }
  },
  check(buffer) {
    const words = new Int32Array(buffer);
    for (const pair of PAIRS.keys()) {
      if (words[SEEN + 2 * pair] + words[SEEN + 2 * pair + 1] === 0) throw new Error(`nobody saw overlap ${pair}`);
    }
  },
});
