import { defineScenario } from '../../../src/explore/index.ts';

const [OPERATIONS, SHARED] = [3, 2];

/** A generator of small numbers that `seed` determines (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Step = (words: Int32Array) => number;

function randomStep(draw: (below: number) => number): Step {
  const [at, one, two] = [draw(SHARED), draw(3), draw(3)];
  const steps: Step[] = [
    (words) => Atomics.load(words, at),
    (words) => Atomics.store(words, at, one),
    (words) => Atomics.add(words, at, one),
    (words) => Atomics.exchange(words, at, one),
    (words) => Atomics.compareExchange(words, at, one, two),
    (words) => Atomics.or(words, at, one),
  ];
  return steps[draw(steps.length)] ?? (() => 0);
}

const seed = Number(new URL(import.meta.url).searchParams.get('seed'));
const draw = numbers(seed);
const programs = Array.from({ length: 3 }, () => Array.from({ length: OPERATIONS }, () => randomStep(draw)));

/** Three threads with a few random operations each; what each saw, and what memory holds, is the outcome. */
export default defineScenario({
  threads: 3,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    // The thread's own words are plain, and read by nobody else: they are no part of the schedule.
    programs[index]?.forEach((step, at) => {
      words[SHARED + index * OPERATIONS + at] = step(words);
    });
  },
  check: (buffer) => new Int32Array(buffer, 0, SHARED + 3 * OPERATIONS).join(' '),
});
