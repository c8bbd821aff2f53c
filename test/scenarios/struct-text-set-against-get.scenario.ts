import { heapScenario } from './heap-scenario.ts';
import { blocksBehindPairs, definePair, pairsIn } from './struct-blocks.ts';

const TEXTS = ['as it was', 'as it is'];

/** One thread sets a text, another gets it, a third takes memory and writes to it: what is got was set, and whole. */
export default heapScenario({
  threads: 3,
  blockSize: 4096,
  options: { slabs: false },
  racesInBlocks: true,
  setup(heap, hold) {
    hold(0, 0, definePair().allocate(heap, { name: TEXTS[0] }).address);
  },
  thread({ index, heap, held, take }) {
    if (index === 2) {
      heap.write(take(0, 16)!, [1, 2, 3, 4, 5, 6, 7, 8]);
      return;
    }
    const pair = definePair().at(heap, held(0, 0));
    if (index === 1) pair.name = TEXTS[1];
    else if (!TEXTS.includes(pair.name)) throw new Error('a text was got that nobody set');
  },
  inspect(heap) {
    for (const pair of pairsIn(heap)) {
      if (!TEXTS.includes(definePair().at(heap, pair).name)) throw new Error('a text was left that nobody set');
    }
  },
  reached: blocksBehindPairs,
});
