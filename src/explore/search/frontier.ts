/**
 * Branch points of a depth-first search that wait to be tried: those whose choice costs more preemptions than the pass at
 * hand allows, and those that one job of a search leaves to another. So no pass repeats what an earlier one ran (CHESS
 * keeps such a queue: Musuvathi and Qadeer, PLDI 2007).
 *
 *     LEVEL  the preemptions of the schedules that are tried now; entries of later levels wait for their turn
 *     entry  steps │ key and hash before the last │ weight │ one word per step │ branch points │ (step, choices) …
 *
 * An entry is a schedule's steps up to its last branch point, with all its branch points of that level. Entries lie in
 * blocks of words, chained per level, first in, first out; a block that was read is used again. All jobs share the
 * memory, under one lock. A choice costs at most two preemptions more than its level, so three chains do.
 */
import { native } from '../engine/native-atomics.ts';

const Head = { LOCK: 0, LEVEL: 1, WORKING: 2, BLOCKS: 3, FREE: 4, OVERFLOWN: 5, CHAINS: 8 } as const;
/** Words of a chain. */
const Chain = { FIRST: 0, AT: 1, LAST: 2, END: 3, ENTRIES: 4, SIZE: 8 } as const;
const CHAINS = 3;
const HEAD_WORDS = 64;
const BLOCK_WORDS = 1_024;
/** The last word of a block is the number of the next. */
const BLOCK_ROOM = BLOCK_WORDS - 1;
const FIRST_BYTES = 1 << 20;
const MAX_BYTES = 1 << 30;
/** The branch points of each level, counted as they are added. */
const WEIGHTS_AT = 48;

/** The constructors from before they are replaced. */
const [Words, Doubles, Shared] = [Int32Array, Float64Array, SharedArrayBuffer];

/** Branch points as they are written and read. */
export interface Entry {
  /** One word per step, of which the frontier knows nothing. */
  readonly steps: readonly number[];
  /** The key and hash of the last step before the last branch point. */
  readonly key: number;
  readonly hash: number;
  /** The share of its level that one choice of the entry stands for. */
  readonly weight: number;
  readonly branches: readonly { readonly step: number; readonly choices: number }[];
}

/** The queues of branch points, in memory that jobs share. */
export class Frontier {
  readonly memory: SharedArrayBuffer;
  #words: Int32Array<SharedArrayBuffer>;
  readonly #weights: Float64Array;
  readonly #number = new Words(2);
  readonly #float = new Float32Array(this.#number.buffer);

  /** @param memory - that of another job, or how large it may become */
  constructor(memory: SharedArrayBuffer | number = MAX_BYTES) {
    this.memory = typeof memory === 'number' ? new Shared(FIRST_BYTES, { maxByteLength: memory }) : memory;
    this.#words = new Words(this.memory, 0, FIRST_BYTES / 4);
    this.#weights = new Doubles(this.memory, 4 * WEIGHTS_AT, CHAINS);
  }

  /** Before a search: nothing waits, and one job has the root. */
  restart(): void {
    this.#words.fill(0, 0, HEAD_WORDS);
    this.#words[Head.BLOCKS] = 1;
    this.#words[Head.WORKING] = 1;
    this.#weights[0] = 1;
  }

  /** The preemptions of the schedules that are tried now. */
  get level(): number {
    return this.#words[Head.LEVEL];
  }

  /** Whether branch points were lost because they need more memory than there is. */
  get overflown(): boolean {
    return this.#words[Head.OVERFLOWN] !== 0;
  }

  /** The branch points of the level at hand, tried or not, and those that wait for the next. */
  branchPoints(): { here: number; waiting: number } {
    const weights = this.#weights;
    return { here: weights[this.level % CHAINS] ?? 0, waiting: weights[(this.level + 1) % CHAINS] ?? 0 };
  }

  /** Whether another job waits for work that is not there. */
  isWanted(jobs: number): boolean {
    return this.#words[Head.WORKING] < jobs && this.#words[chainAt(this.level) + Chain.ENTRIES] === 0;
  }

  /** Adds an entry to a level; `choices` is how much it adds to the level's weight. */
  push(level: number, entry: Entry, choices: number): void {
    this.#acquire();
    if (this.#hasRoomFor(entry)) {
      const chain = chainAt(level);
      const { steps, branches } = entry;
      for (const word of [steps.length, entry.key, entry.hash, this.#bits(entry.weight)]) this.#write(chain, word);
      for (const step of steps) this.#write(chain, step);
      this.#write(chain, branches.length);
      for (const branch of branches) {
        this.#write(chain, branch.step);
        this.#write(chain, branch.choices);
      }
      this.#words[chain + Chain.ENTRIES]++;
      this.#weights[level % CHAINS] += choices;
    } else this.#words[Head.OVERFLOWN] = 1;
    this.#release();
  }

  /**
   * Takes the oldest entry of the level at hand, or of the next one if nothing of this one is left, neither here nor with
   * another job. `'wait'` if another job may still leave some, `'over'` if there is no other.
   *
   * @param works - whether the job that asks counts as working until now
   */
  take(works: boolean, bound: number): Entry | 'wait' | 'over' {
    this.#acquire();
    const words = this.#words;
    if (works) words[Head.WORKING]--;
    if (words[Head.WORKING] === 0) this.#climb(bound);
    const chain = chainAt(this.level);
    let taken: Entry | 'wait' | 'over' = words[Head.WORKING] === 0 ? 'over' : 'wait';
    if (words[chain + Chain.ENTRIES] > 0) {
      taken = this.#readEntry(chain);
      words[Head.WORKING]++;
    }
    this.#release();
    return taken;
  }

  /** Goes to the next level that has entries. */
  #climb(bound: number): void {
    for (let tries = 1; tries < CHAINS && this.#words[chainAt(this.level) + Chain.ENTRIES] === 0; tries++) {
      if (this.level >= bound) return;
      this.#weights[this.level % CHAINS] = 0;
      this.#words[Head.LEVEL]++;
    }
  }

  #readEntry(chain: number): Entry {
    this.#words[chain + Chain.ENTRIES]--;
    const length = this.#read(chain);
    const [key, hash, weight] = [this.#read(chain), this.#read(chain), this.#fromBits(this.#read(chain))];
    const steps = Array.from({ length }, () => this.#read(chain));
    const branches = Array.from({ length: this.#read(chain) }, () => {
      const step = this.#read(chain);
      return { step, choices: this.#read(chain) };
    });
    return { steps, key, hash, weight, branches };
  }

  #write(chain: number, word: number): void {
    const words = this.#words;
    if (words[chain + Chain.LAST] === 0 || words[chain + Chain.END] === BLOCK_ROOM) {
      const block = this.#newBlock();
      if (words[chain + Chain.LAST] === 0) words.set([block, 0], chain + Chain.FIRST);
      else this.#words[words[chain + Chain.LAST] * BLOCK_WORDS + BLOCK_ROOM] = block;
      this.#words.set([block, 0], chain + Chain.LAST);
    }
    this.#words[this.#words[chain + Chain.LAST] * BLOCK_WORDS + this.#words[chain + Chain.END]++] = word;
  }

  #read(chain: number): number {
    const words = this.#words;
    if (words[chain + Chain.AT] === BLOCK_ROOM) this.#dropFirst(chain);
    const first = words[chain + Chain.FIRST];
    const word = words[first * BLOCK_WORDS + words[chain + Chain.AT]++];
    const isEmpty = first === words[chain + Chain.LAST] && words[chain + Chain.AT] === words[chain + Chain.END];
    if (isEmpty) this.#dropFirst(chain);
    return word ?? 0;
  }

  /** The first block was read: it is free for other entries. */
  #dropFirst(chain: number): void {
    const words = this.#words;
    const first = words[chain + Chain.FIRST];
    const next = first === words[chain + Chain.LAST] ? 0 : words[first * BLOCK_WORDS + BLOCK_ROOM];
    words[first * BLOCK_WORDS + BLOCK_ROOM] = words[Head.FREE];
    words[Head.FREE] = first;
    words.set([next, 0], chain + Chain.FIRST);
    if (next === 0) words.set([0, 0], chain + Chain.LAST);
  }

  #newBlock(): number {
    const words = this.#words;
    const free = words[Head.FREE];
    if (free !== 0) {
      words[Head.FREE] = words[free * BLOCK_WORDS + BLOCK_ROOM];
      return free;
    }
    return words[Head.BLOCKS]++;
  }

  /** Makes the memory large enough for an entry, whatever blocks are free. */
  #hasRoomFor({ steps, branches }: Entry): boolean {
    const blocks = 2 + Math.ceil((5 + steps.length + 2 * branches.length) / BLOCK_ROOM);
    const needed = 4 * BLOCK_WORDS * (this.#words[Head.BLOCKS] + blocks);
    const { byteLength, maxByteLength } = this.memory;
    if (needed > maxByteLength) return false;
    if (needed > byteLength) {
      this.memory.grow(Math.min(maxByteLength, Math.max(needed, 2 * byteLength)));
      this.#renewView();
    }
    return true;
  }

  #bits(value: number): number {
    this.#float[0] = value;
    return this.#number[0] ?? 0;
  }

  #fromBits(bits: number): number {
    this.#number[0] = bits;
    return this.#float[0] ?? 0;
  }

  /** Whoever has the lock may find that another job made the memory larger. */
  #acquire(): void {
    while (native.compareExchange(this.#words, Head.LOCK, 0, 1) !== 0) {
      native.wait(this.#words, Head.LOCK, 1, 1);
    }
    if (this.memory.byteLength !== this.#words.byteLength) this.#renewView();
  }

  #renewView(): void {
    this.#words = new Words(this.memory, 0, this.memory.byteLength / 4);
  }

  #release(): void {
    native.store(this.#words, Head.LOCK, 0);
    native.notify(this.#words, Head.LOCK, 1);
  }
}

const chainAt = (level: number): number => Head.CHAINS + (level % CHAINS) * Chain.SIZE;
