/**
 * Labels: which thread allocated a block, and with which tag. They lie beside the memory, one place for each address at
 * which a block can start, so that a program which writes where it must not does not change them.
 *
 * A label is written by whoever has just allocated the block and forgotten before the block is freed. A thread that dies
 * in between leaves a block without one, which is what it looks like: of unknown origin.
 */
import { Label, SLOT_STEP_BYTES } from '../layout/regions.ts';
import type { Layout } from '../layout/layout.ts';

/** Values of a label's STATE. */
const State = { NONE: 0, LIVE: 1, FREED: 2 } as const;

/** The labels of one heap. */
export class Labels {
  readonly words: Int32Array;
  readonly #base: number;

  constructor(layout: Layout) {
    this.words = layout.viewOf(layout.regions.labels);
    this.#base = layout.base;
  }

  /** Index of the label of the block that starts at `address`. */
  at(address: number): number {
    return ((address - this.#base) / SLOT_STEP_BYTES) * Label.WORDS;
  }

  /** Labels a block that has just been allocated. */
  write(address: number, owner: number, workerId: number, tag: number): void {
    const at = this.at(address);
    this.words[at + Label.OWNER] = owner;
    this.words[at + Label.WORKER_ID] = workerId;
    this.words[at + Label.TAG] = tag;
    Atomics.store(this.words, at + Label.STATE, State.LIVE);
  }

  /** Takes the label off a block that is about to be free. */
  forget(address: number): void {
    const at = this.at(address);
    this.words[at + Label.OWNER] = 0;
    this.words[at + Label.TAG] = 0;
    Atomics.store(this.words, at + Label.STATE, State.NONE);
  }

  /** Notes that a block was freed, though its memory is kept for a while; false if it was before. */
  noteFreed(address: number): boolean {
    return Atomics.exchange(this.words, this.at(address) + Label.STATE, State.FREED) !== State.FREED;
  }

  isFreed(address: number): boolean {
    return Atomics.load(this.words, this.at(address) + Label.STATE) === State.FREED;
  }

  /** The tag of a block; 0 for none. */
  tagOf(address: number): number {
    return this.words[this.at(address) + Label.TAG];
  }
}
