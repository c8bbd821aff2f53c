import { heapScenario } from './heap-scenario.ts';

/** A thread expels another that has gone away, and dies over it: neither slot nor slabs of the other are lost. */
export default heapScenario({
  threads: 2,
  blockSize: 1024,
  options: { slabs: true },
  thread({ index, take, free, goAway, heap, handOver, awaitHandOver }) {
    if (index === 1) {
      awaitHandOver();
      heap.recover();
      return;
    }
    take(0, 512);
    free(0);
    goAway();
    handOver();
  },
  check(heap, died) {
    const { threads, usedBytes, liveBytes } = heap.stats();
    if (died.length <= 1 && threads !== 1) throw new Error(`${threads} threads are attached`);
    if (died.length <= 1 && liveBytes === 0 && usedBytes !== 0)
      throw new Error(`${usedBytes} bytes are taken, and none is live`);
  },
});
