import { defineScenario } from '../../../src/explore/index.ts';
import { checkNodes, fill, pop, popAgainstPopPopPush, push } from './free-list.ts';

/** A free list of plain links: the ABA problem. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  setup: (buffer) => fill(new Int32Array(buffer)),
  thread: (index, buffer) => popAgainstPopPopPush(index, new Int32Array(buffer), { pop, push }),
  check: (buffer) => checkNodes(new Int32Array(buffer)),
});
