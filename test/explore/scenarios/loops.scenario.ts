/** Loops of many shapes, in which a thread waits for another one's store; `?loop=` tells which. The outcome is where it saw it. */
import { defineScenario } from '../../../src/explore/index.ts';

const [READY, STOP, OTHERS, SEEN] = [0, 1, 2, 15];

type Words = Int32Array<SharedArrayBuffer>;
type Wait = (words: Words) => number | Promise<number>;

const isReady = (words: Words): boolean => Atomics.load(words, READY) !== 0;

function looks(words: Words, rounds: number): boolean {
  for (let round = 0; round < rounds; round++) if (isReady(words)) return true;
  return false;
}

function looksAtBoth(words: Words, rounds: number): boolean {
  for (let round = 0; round < rounds; round++)
    for (const word of [READY, STOP]) if (Atomics.load(words, word) !== 0) return true;
  return false;
}

const looksBelow = (words: Words, rounds: number, depth: number): boolean =>
  depth === 0 ? looks(words, rounds) : looksBelow(words, rounds, depth - 1);

const descend = (words: Words, depth: number): number =>
  depth === 0 || isReady(words) ? depth : descend(words, depth - 1);

/** A function whose loop has as many places as `reads`, all in one line. */
const loopOf = (reads: readonly number[]): Wait =>
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- code that nobody wrote by hand
  new Function(
    'words',
    `for(;;){${reads.map((word) => `if(Atomics.load(words,${word})!==0)return 1;`).join('')}}`,
  ) as Wait;

async function looksLater(words: Words): Promise<boolean> {
  await Promise.resolve();
  return isReady(words);
}

const loops: Record<string, Wait> = {
  /** A loop that ends, and one without end elsewhere. */
  'ending-then-endless'(words) {
    for (let round = 0; round < 10; round++) if (isReady(words)) return 1;
    while (!isReady(words));
    return 2;
  },
  /** The same, with two words at one place. */
  'two-words-at-one-place'(words) {
    for (let round = 0; round < 10; round++)
      for (const word of [READY, STOP]) if (Atomics.load(words, word) !== 0) return 1;
    for (;;) for (const word of [READY, STOP]) if (Atomics.load(words, word) !== 0) return 2;
  },
  /** Rounds of three reads, which do not divide the explorer's patience. */
  'three-words-at-one-place'(words) {
    for (;;) for (const word of [STOP, OTHERS, READY]) if (Atomics.load(words, word) !== 0) return 1;
  },
  /** The loop without end begins in the middle of a round of the one before. */
  'out-of-step'(words) {
    for (let at = 0; at < 5; at++) if (Atomics.load(words, at & 1) !== 0) return 1;
    for (let at = 5; ; at++) if (Atomics.load(words, at & 1) !== 0) return 2;
  },
  'function-called-from-two-places': (words) => (looks(words, 10) || !looks(words, Infinity) ? 1 : 2),
  'two-words-called-from-two-places': (words) => (looksAtBoth(words, 5) || !looksAtBoth(words, Infinity) ? 1 : 2),
  /** Both calls look alike from the eight calls inside them. */
  'far-below-two-places': (words) => (looksBelow(words, 10, 12) || !looksBelow(words, Infinity, 12) ? 1 : 2),
  'called-from-one-place'(words) {
    for (const rounds of [10, Infinity]) if (looks(words, rounds)) return rounds;
    return 0;
  },
  'twelve-places': loopOf(Array<number>(12).fill(READY)),
  'twenty-two-places': loopOf(Array<number>(22).fill(READY)),
  'two-hundred-places': loopOf(Array<number>(200).fill(READY)),
  'three-of-four-alike': loopOf([STOP, STOP, STOP, READY]),
  ...Object.fromEntries(
    Array.from({ length: 8 }, (_, others) => [
      `period-${others + 2}`,
      loopOf([...Array.from({ length: others + 1 }, (_unused, other) => OTHERS + other), READY]),
    ]),
  ),
  recursion: (words) => descend(words, 12),
  async await(words) {
    for (let round = 0; round < 10; round++) if (await looksLater(words)) return 1;
    while (!(await looksLater(words)));
    return 2;
  },
  /** It ends, but after more re-reads than the explorer's patience lasts. */
  'five-thousand-rounds': (words) => (looks(words, 5_000) ? 1 : 2),
};

const loop = new URL(import.meta.url).searchParams.get('loop') ?? '';

export default defineScenario({
  threads: 2,
  bytes: 64,
  async thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) Atomics.store(words, READY, 1);
    else words[SEEN] = (await loops[loop]?.(words)) ?? -1;
  },
  check: (buffer) => new Int32Array(buffer)[SEEN],
});
