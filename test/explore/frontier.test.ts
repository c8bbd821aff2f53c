/** The queue of branch points, alone: entries come back as they were put in, level by level, and memory is used again. */
import { describe, expect, test } from 'vitest';
import { Frontier, type Entry } from '../../src/explore/search/frontier.ts';

const NO_BOUND = 1_000;
const MIB = 1 << 20;

/** An entry that can be told from others, some longer than a block. */
const entryOf = (number: number): Entry => ({
  steps: Array.from({ length: 1 + ((number * 397) % 3_000) }, (_, step) => number ^ (step << 8)),
  key: -1 - number,
  hash: number * 7,
  weight: 1 / 2 ** (number % 9),
  branches: Array.from({ length: number % 4 }, (_, index) => ({ step: index, choices: 1 << index })),
});

function started(memory?: number): Frontier {
  const frontier = new Frontier(memory);
  frontier.restart();
  return frontier;
}

describe('the frontier', () => {
  test('gives entries of a level in the order of their arrival, and goes on to the next level that has some', () => {
    const frontier = started();
    for (let number = 0; number < 100; number++) frontier.push(1 + (number % 2), entryOf(number), 1);
    const taken: [number, Entry | 'wait' | 'over'][] = [];
    for (let entry = frontier.take(true, NO_BOUND); entry !== 'over'; entry = frontier.take(true, NO_BOUND)) {
      taken.push([frontier.level, entry]);
    }
    const numbers = Array.from({ length: 100 }, (_, number) => number).toSorted(
      (one, other) => (one % 2) - (other % 2),
    );
    expect(taken).toEqual(numbers.map((number) => [1 + (number % 2), entryOf(number)]));
  });

  test('goes beyond no bound', () => {
    const frontier = started();
    frontier.push(2, entryOf(1), 1);
    expect(frontier.take(true, 1)).toBe('over');
  });

  test('lets a job wait as long as another works, and share what that one leaves', () => {
    const one = started();
    const second = new Frontier(one.memory);
    expect(second.take(false, NO_BOUND)).toBe('wait');
    expect(one.isWanted(2)).toBe(true);
    one.push(0, entryOf(5), 0);
    expect(one.isWanted(2)).toBe(false);
    expect(second.take(false, NO_BOUND)).toEqual(entryOf(5));
    expect(one.take(true, NO_BOUND)).toBe('wait');
    expect(second.take(true, NO_BOUND)).toBe('over');
    expect(one.take(false, NO_BOUND)).toBe('over');
  });

  test('uses the memory of entries again, and grows where many wait; both are seen by other jobs', () => {
    const frontier = started();
    const second = new Frontier(frontier.memory);
    for (let round = 0; round < 2_000; round++) {
      frontier.push(0, entryOf(round), 0);
      expect(second.take(true, NO_BOUND)).toEqual(entryOf(round));
    }
    expect(frontier.memory.byteLength).toBe(MIB);
    for (let number = 0; number < 500; number++) second.push(0, entryOf(number), 0);
    expect(frontier.memory.byteLength).toBeGreaterThan(MIB);
    for (let number = 0; number < 500; number++) expect(frontier.take(true, NO_BOUND)).toEqual(entryOf(number));
    expect(frontier.overflown).toBe(false);
  });

  test('says so when its memory is full, and keeps what it has', () => {
    const frontier = started(MIB);
    let pushed = 0;
    while (!frontier.overflown) frontier.push(0, entryOf(pushed++), 0);
    for (let number = 0; number < pushed - 1; number++) expect(frontier.take(true, NO_BOUND)).toEqual(entryOf(number));
    expect(frontier.take(true, NO_BOUND)).toBe('over');
  });

  test('counts the branch points of the level at hand and of the next', () => {
    const frontier = started();
    frontier.push(1, entryOf(3), 3);
    frontier.push(2, entryOf(2), 2);
    expect(frontier.branchPoints()).toEqual({ here: 1, waiting: 3 });
    frontier.take(true, NO_BOUND);
    expect(frontier.branchPoints()).toEqual({ here: 3, waiting: 2 });
  });
});
