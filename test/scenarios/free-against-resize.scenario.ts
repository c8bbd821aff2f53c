import { AllocatorError } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { byteOffsetOf } from '../../src/layout/units.ts';
import { heapScenario } from './heap-scenario.ts';

/** Runs `act` and returns the lengths that it saw at the first head of the block map. */
function lengthsSeen(buffer: SharedArrayBuffer, act: () => void): Set<number> {
  const { load } = Atomics;
  const mapOffset = byteOffsetOf(new Layout(buffer).regions.blockMap.start);
  const seen = new Set<number>();
  const watching = (words: Int32Array, index: number): number => {
    const value = load(words, index);
    if (words.byteOffset === mapOffset && index === 0) seen.add(value);
    return value;
  };
  Object.assign(Atomics, { load: watching });
  try {
    act();
  } finally {
    Object.assign(Atomics, { load });
  }
  return seen;
}

/**
 * A thread frees a block of the table while another makes it larger where it is, by mistake. A free that comes after
 * that frees the larger block. One that began before, and saw the block with its old length, is told so.
 */
export default heapScenario({
  threads: 2,
  blockSize: 64,
  options: { slabs: false },
  makerStays: true,
  setup(heap, hold) {
    hold(0, 0, -heap.allocate(16)!);
  },
  thread({ index, heap, held, note }) {
    const address = -held(0, 0);
    try {
      if (index === 1) {
        note(heap.reallocate(address, 48) === address ? 1 : 3);
        return;
      }
      const lengths = lengthsSeen(heap.buffer, () => heap.deallocate(address));
      if (lengths.size > 1) throw new Error(`a block was freed that had the lengths ${[...lengths].join(', then ')}`);
      note(1);
    } catch (error) {
      if (!(error instanceof AllocatorError) || error.code !== 'INVALID_ADDRESS') throw error;
      note(2);
    }
  },
  check(heap, died, [freed = 0, resized = 0]) {
    if (died.length > 0) return;
    if (freed === 0 || resized === 0 || freed + resized > 3) throw new Error(`ended with ${freed} and ${resized}`);
    const live = [...heap.blocks()].length;
    if (live !== (freed === 1 ? 0 : 1)) throw new Error(`${live} blocks are live, the free ended with ${freed}`);
  },
});
