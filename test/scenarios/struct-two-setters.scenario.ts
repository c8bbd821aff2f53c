import { heapScenario } from './heap-scenario.ts';
import { blocksBehindPairs, definePair, pairsIn } from './struct-blocks.ts';

/** Two threads set the same text: each text that was there is freed once. */
export default heapScenario({
  threads: 2,
  blockSize: 8192,
  options: { slabs: true },
  racesInBlocks: true,
  setup(heap, hold) {
    hold(0, 0, definePair().allocate(heap, { name: 'as it was' }).address);
  },
  thread({ index, heap, held }) {
    definePair().at(heap, held(0, 0)).name = `as thread ${index} sets it`;
  },
  inspect(heap, died) {
    const Pair = definePair();
    const names = pairsIn(heap).map((pair) => Pair.at(heap, pair).name);
    if (died.length === 0 && !names[0].startsWith('as thread')) throw new Error(`the text is ${names[0]}`);
  },
  reached: blocksBehindPairs,
});
