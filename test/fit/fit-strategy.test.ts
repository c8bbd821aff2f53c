import { describe, expect, test } from 'vitest';
import { MemoryManager, type FitStrategy, type FreeRun, type FreeRuns } from '../../src/index.ts';
import { SLOT_STEP_BYTES as UNIT_BYTES } from '../../src/layout/regions.ts';

/** A strategy that lets the test look at what it is given and choose. */
function strategy(choose: FitStrategy['choose']): FitStrategy {
  return { name: 'test-fit', choose };
}

const HEAP_BYTES = 64 * UNIT_BYTES;

/** Blocks of one unit at the even places of eight, the rest free: runs of 1, 1, 1, 1 and a tail. */
function heapWith(choose: (runs: FreeRuns, unitCount: number) => FreeRun | undefined): {
  heap: MemoryManager;
  base: number;
  arm: () => void;
} {
  let armed = false;
  const fit = strategy((runs, unitCount) => (armed ? choose(runs, unitCount) : runs.lowestAtLeast(unitCount)));
  const heap = new MemoryManager(HEAP_BYTES, { fit });
  const blocks = Array.from({ length: 8 }, () => heap.allocate(1)!);
  for (let index = 1; index < 8; index += 2) heap.deallocate(blocks[index]);
  return { heap, base: blocks[0], arm: () => (armed = true) };
}

/** What `ask` gets from the runs of that heap, with addresses as units from the start. */
function answerTo<Answer>(ask: (runs: FreeRuns, base: number) => Answer): Answer {
  let answer: Answer | undefined;
  const { heap, base, arm } = heapWith((runs) => {
    answer = ask(runs, base);
    return undefined;
  });
  arm();
  expect(heap.allocate(1)).toBeNull();
  heap.check();
  heap.detach();
  return answer!;
}

const at = (base: number, unit: number, unitCount: number) => ({ address: base + unit * UNIT_BYTES, unitCount });

describe('a strategy sees', () => {
  test('the lowest run that is long enough', () => {
    expect(answerTo((runs, base) => [runs.lowestAtLeast(1), base])).toEqual(
      answerTo((_, base) => [at(base, 1, 1), base]),
    );
  });

  test.each<[string, (runs: FreeRuns, base: number) => unknown, (base: number) => unknown]>([
    ['the lowest run', (runs) => runs.lowestAtLeast(1), (base) => at(base, 1, 1)],
    ['the lowest run of two units', (runs) => runs.lowestAtLeast(2), (base) => at(base, 7, 57)],
    ['no run longer than the longest', (runs) => runs.lowestAtLeast(58), () => undefined],
    ['the smallest run of two units', (runs) => runs.smallestAtLeast(2), (base) => at(base, 7, 57)],
    ['no run for more units than there are', (runs) => runs.smallestAtLeast(58), () => undefined],
    ['the longest run', (runs) => runs.largest(), (base) => at(base, 7, 57)],
    [
      'the lowest run from an address on',
      (runs, base) => runs.lowestAtLeastFrom(1, base + 3 * UNIT_BYTES),
      (base) => at(base, 3, 1),
    ],
    [
      'the lowest run beyond an address',
      (runs, base) => runs.lowestAtLeastFrom(1, base + 3 * UNIT_BYTES + 1),
      (base) => at(base, 5, 1),
    ],
    ['the lowest run from before the memory on', (runs) => runs.lowestAtLeastFrom(1, 0), (base) => at(base, 1, 1)],
    ['no run from the end on', (runs, base) => runs.lowestAtLeastFrom(1, base + HEAP_BYTES), () => undefined],
    ['no run from NaN on', (runs) => runs.lowestAtLeastFrom(1, Number.NaN), () => undefined],
    [
      'all runs in address order',
      (runs) => [...runs.all()],
      (base) => [...[1, 3, 5].map((unit) => at(base, unit, 1)), at(base, 7, 57)],
    ],
  ])('%s', (_, ask, expected) => {
    let base = 0;
    const answer = answerTo((runs, first) => ask(runs, (base = first)));
    expect(answer).toEqual(expected(base));
  });

  test('the units that an aligned block may need, so that any run it chooses suffices', () => {
    const asked: number[] = [];
    const heap = new MemoryManager(HEAP_BYTES, {
      fit: strategy((runs, unitCount) => (asked.push(unitCount), runs.lowestAtLeast(unitCount))),
    });
    expect(heap.allocate(3 * UNIT_BYTES, { alignment: 4 * UNIT_BYTES })! % (4 * UNIT_BYTES)).toBe(0);
    expect(asked).toEqual([6]);
    heap.detach();
  });
});

describe('a strategy decides', () => {
  test('where a block goes', () => {
    const { heap, base, arm } = heapWith((runs) => [...runs.all()].at(-1));
    arm();
    expect(heap.allocate(1)).toBe(base + 7 * UNIT_BYTES);
    heap.check();
    heap.detach();
  });

  test('that there is no room', () => {
    const { heap, arm } = heapWith(() => undefined);
    arm();
    expect(heap.allocate(1)).toBeNull();
    heap.check();
    heap.detach();
  });
});
