import { defineScenario } from '../../../src/explore/index.ts';
import { checkNodes, fill, popTagged, popAgainstPopPopPush, pushTagged } from './free-list.ts';

/** The same free list with a tag in its head. */
export default defineScenario({
  threads: 2,
  bytes: 64,
  setup: (buffer) => fill(new Int32Array(buffer)),
  thread: (index, buffer) => popAgainstPopPopPush(index, new Int32Array(buffer), { pop: popTagged, push: pushTagged }),
  check: (buffer) => checkNodes(new Int32Array(buffer)),
});
