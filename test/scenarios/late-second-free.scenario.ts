import { AllocatorError } from '../../src/index.ts';
import { Lock } from '../../src/layout/regions.ts';
import { heapScenario } from './heap-scenario.ts';

/** Runs `free`; tells whether it took the lock, and whether it succeeded. */
function outcomeOf(free: () => void): { tookLock: boolean; freed: boolean } {
  const { compareExchange } = Atomics;
  const outcome = { tookLock: false, freed: false };
  const watching = (words: Int32Array, index: number, expected: number, value: number): number => {
    const seen = compareExchange(words, index, expected, value);
    outcome.tookLock ||= index === Lock.OWNER && words.byteOffset === 0 && seen === expected;
    return seen;
  };
  Object.assign(Atomics, { compareExchange: watching });
  try {
    free();
    outcome.freed = true;
  } catch (error) {
    if (!(error instanceof AllocatorError) || error.code !== 'DOUBLE_FREE') throw error;
  } finally {
    Object.assign(Atomics, { compareExchange });
  }
  return outcome;
}

/**
 * A thread frees a slot of another's twice, while the owner collects the slot and has it anew. The second free may come
 * so late that it frees the new block, as any stale address does. But once it has found the slot free, and takes the
 * lock to say so, it frees nothing.
 */
export default heapScenario({
  threads: 2,
  blockSize: 1024,
  options: { slabs: true },
  thread({ index, heap, take, freeOf, held, moved, handOver, awaitHandOver }) {
    if (index === 0) {
      take(0, 512);
      take(1, 512);
      handOver();
      const again = heap.allocate(512);
      if (again !== null) moved(2, -again); // live or not: a stale address may have freed it
      return;
    }
    awaitHandOver();
    const address = held(0, 0);
    if (address <= 0) return;
    freeOf(0, 0);
    const { tookLock, freed } = outcomeOf(() => heap.deallocate(address));
    if (tookLock && freed) throw new Error('a free that had found its slot free freed another block');
  },
});
