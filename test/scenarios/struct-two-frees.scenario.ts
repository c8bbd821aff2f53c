import { AllocatorError } from '../../src/index.ts';
import { heapScenario } from './heap-scenario.ts';
import { blocksBehindPairs, definePair } from './struct-blocks.ts';

/** Two threads free the same struct: one succeeds, the other is told, and its text is freed once. */
export default heapScenario({
  threads: 2,
  blockSize: 8192,
  options: { slabs: true },
  makerStays: true,
  racesInBlocks: true,
  lostPerDeath: 2,
  setup(heap, hold) {
    const address: number = definePair().allocate(heap, { name: 'of both' }).address;
    hold(0, 0, -address);
  },
  thread({ heap, held, note }) {
    const Pair = definePair();
    try {
      Pair.free(Pair.at(heap, -held(0, 0)));
      note(1);
    } catch (error) {
      const code = error instanceof AllocatorError ? error.code : undefined;
      if (code !== 'TYPE_MISMATCH' && code !== 'INVALID_ADDRESS') throw error;
      note(2);
    }
  },
  reached: blocksBehindPairs,
  check(_heap, died, [first = 0, second = 0]) {
    if (died.length === 0 && first + second !== 3) throw new Error(`the frees ended with ${first} and ${second}`);
  },
});
