import { expect, it } from 'vitest';
import { BlockQueue } from '../../../src/stress/workloads/block-queue.ts';
import { EMPTY, IndexStack } from '../../../src/stress/workloads/index-stack.ts';

it('a queue gives blocks in the order in which it got them, refuses what it has no room for, and holds none in the end', () => {
  const slots = new Int32Array(10);
  const newQueue = (words: Int32Array): BlockQueue =>
    new BlockQueue({ array: slots, first: 4, capacity: 3 }, { array: words, first: 0 });
  const words = new Int32Array(BlockQueue.WORDS);
  const queue = newQueue(words);
  for (let round = 1; round < 100; round += 3) {
    expect([round, round + 1, round + 2, 999].map((block) => queue.push(block))).toEqual([true, true, true, false]);
    const successor = newQueue(words);
    expect([successor.pop(), queue.pop(), successor.pop(), queue.pop()]).toEqual([round, round + 1, round + 2, 0]);
  }
  expect([...slots].every((slot) => slot === 0)).toBe(true);
});

it('a stack gives back the numbers pushed last, and EMPTY when there are none', () => {
  const stack = new IndexStack(new Int32Array(2 + IndexStack.wordsFor(5)), 2);
  for (let round = 0; round < 100_000; round++) {
    stack.push(4);
    stack.push(0);
    stack.push(2);
    if (stack.pop() !== 2 || stack.pop() !== 0 || stack.pop() !== 4) throw new Error(`wrong in round ${round}`);
  }
  expect(stack.pop()).toBe(EMPTY);
});
