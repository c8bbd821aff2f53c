import { defineScenario } from '../../../src/explore/index.ts';

export default defineScenario({
  threads: 2,
  bytes: 64,
  setup() {
    throw new Error('no memory\nfor this');
  },
  thread() {
    throw new Error('never reached');
  },
});
