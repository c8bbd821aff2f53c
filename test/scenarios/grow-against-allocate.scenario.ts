import { heapScenario } from './heap-scenario.ts';

/** A thread needs more than there is, so that the memory grows, while another takes what there is. */
export default heapScenario({
  threads: 2,
  blockSize: 32,
  options: { slabs: false, maxByteLength: 80 },
  thread({ index, take, heap }) {
    const address = take(0, index === 0 ? 48 : 32);
    if (address !== null) heap.write(address, [index + 1]);
  },
  check(heap, died) {
    const { usedBytes, byteLength } = heap.stats();
    if (died.length === 0 && usedBytes !== 80) throw new Error(`${usedBytes} of ${byteLength} bytes are used`);
  },
});
