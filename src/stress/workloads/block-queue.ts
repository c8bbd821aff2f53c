/**
 * A bounded queue of blocks between one thread that pushes and one that pops.
 *
 *   slots:  … │ 0 │ b │ b │ b │ 0 │ …      a slot that holds 0 is free
 *                 ▲ popped next  ▲ pushed next
 *
 * Each side keeps its own place in `words`, so that successors go on where their predecessors stopped; what passes
 * between the sides is the slot alone: an atomic store publishes the block, and another one that it was taken.
 */
import { NO_BLOCK } from './hands.ts';

export class BlockQueue {
  readonly #slots: Int32Array;
  readonly #words: Int32Array;
  readonly #firstSlot: number;
  readonly #capacity: number;
  readonly #pushed: number;
  readonly #popped: number;

  /** Words that a queue needs. Each side has a cache line for itself. */
  static readonly WORDS = 32;

  constructor(
    slots: { readonly array: Int32Array; readonly first: number; readonly capacity: number },
    words: { readonly array: Int32Array; readonly first: number },
  ) {
    this.#slots = slots.array;
    this.#firstSlot = slots.first;
    this.#capacity = slots.capacity;
    this.#words = words.array;
    this.#pushed = words.first;
    this.#popped = words.first + BlockQueue.WORDS / 2;
  }

  /** False when the queue is full. */
  push(block: number): boolean {
    const slot = this.#firstSlot + this.#words[this.#pushed];
    if (Atomics.load(this.#slots, slot) !== NO_BLOCK) return false;
    this.#words[this.#pushed] = (this.#words[this.#pushed] + 1) % this.#capacity;
    Atomics.store(this.#slots, slot, block);
    return true;
  }

  /** NO_BLOCK when the queue is empty. */
  pop(): number {
    const slot = this.#firstSlot + this.#words[this.#popped];
    const block = Atomics.load(this.#slots, slot);
    if (block === NO_BLOCK) return NO_BLOCK;
    this.#words[this.#popped] = (this.#words[this.#popped] + 1) % this.#capacity;
    Atomics.store(this.#slots, slot, NO_BLOCK);
    return block;
  }
}
