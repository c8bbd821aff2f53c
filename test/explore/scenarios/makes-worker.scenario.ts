/** A thread that starts a worker of its own: it cannot be explored. */
import { Worker } from 'node:worker_threads';
import { defineScenario } from '../../../src/explore/index.ts';

export default defineScenario({
  threads: 1,
  bytes: 8,
  thread() {
    new Worker('process.exit()', { eval: true }).unref();
  },
});
