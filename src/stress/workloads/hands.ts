/**
 * What one thread of a workload has at hand: the slots in which blocks stand, and who gives blocks and takes them back.
 * The stress run watches every call; the benchmark goes to the heap directly. What a workload asks for is the same.
 */
import type { Xorshift32 } from '../../xorshift.ts';

/** In place of a block. */
export const NO_BLOCK = 0;

/** Blocks as whole numbers other than NO_BLOCK, which threads can pass to each other in one atomic store. */
export interface Blocks {
  /** A block, at least its first and last byte written. */
  take(size: number): number;
  giveBack(block: number): void;
  /** Writes the block's first byte so many times, and reads it back each time. */
  scratch(block: number, times: number): void;
}

export interface Hands {
  readonly stream: number;
  readonly threads: number;
  /** Blocks that are held between two operations, 0 at first. */
  readonly slots: Int32Array<SharedArrayBuffer>;
  /** Whatever else the threads tell each other, 0 at first. */
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly random: Xorshift32;
  readonly blocks: Blocks;
}

/** The block is out of its slot before it is given back: a thread may be terminated anywhere between. */
export function emptySlot({ slots, blocks }: Hands, slot: number): void {
  const block = slots[slot];
  slots[slot] = NO_BLOCK;
  if (block !== NO_BLOCK) blocks.giveBack(block);
}
