import { blocksOf, freeRunsOf } from '../../src/inspect/walk.ts';
import { heapScenario } from './heap-scenario.ts';

const UNIT = 16;
/** Blocks side by side; the first and the last live as long as the walks last, one of two lengths. */
const LENGTHS = [1, 1, 2, 1, 1] as const;
const LAST = LENGTHS.length - 1;

/**
 * A thread walks over the memory, one head at a time, while another merges free runs, takes what they have become, and
 * lets a block grow over the place that the walk has reached: what lives all the time is seen once, nothing is seen
 * twice, and what is seen lived at some time.
 */
export default heapScenario({
  threads: 2,
  blockSize: 8 * UNIT,
  options: { slabs: false },
  setup(heap, hold) {
    LENGTHS.forEach((length, index) => hold(0, index, heap.allocate(length * UNIT)));
  },
  thread({ index, heap, member, held, take, freeOf }) {
    const base = heap.stats({ quick: true }).metadataBytes;
    if (index === 1) {
      freeOf(0, 2);
      freeOf(0, 1);
      heap.reallocate(base, 2 * UNIT);
      take(1, 2 * UNIT);
      return;
    }
    const last = held(0, LAST);
    const blocks = [...blocksOf(member.locked, undefined, 1)];
    inOrder(blocks);
    for (const address of [base, last]) {
      const seen = blocks.filter((block) => block.address === address).length;
      if (seen !== 1) throw new Error(`block ${address}, which lives all the time, is seen ${seen} times`);
    }
    const possible = new Set([`${base} 16`, `${base} 32`, `${base + 16} 16`, `${base + 32} 32`, `${base + 64} 16`]);
    for (const { address, size } of blocks) {
      if (address === last || possible.has(`${address} ${size}`)) continue;
      throw new Error(`a block of ${size} bytes is seen at ${address}, where none ever was`);
    }
    const runs = [...freeRunsOf(member.locked, 1)];
    inOrder(runs);
    const end = base + 8 * UNIT;
    const tail = runs.filter(({ address, size }) => address <= end - 2 * UNIT && address + size === end);
    if (tail.length !== 1) throw new Error(`the free memory at the end is seen ${tail.length} times`);
  },
});

function inOrder(pieces: readonly { readonly address: number; readonly size: number }[]): void {
  for (let index = 1; index < pieces.length; index++) {
    const [one, next] = [pieces[index - 1], pieces[index]];
    if (one.address + one.size <= next.address) continue;
    throw new Error(`${one.size} bytes at ${one.address} and ${next.size} bytes at ${next.address} overlap`);
  }
}
