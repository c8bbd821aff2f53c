import { describe, expect, test } from 'vitest';
import { MemoryManager, type AllocatorErrorCode, type FitStrategy, type FreeRun } from '../../src/index.ts';
import { errorOf, snapshotOf } from '../support/misuse.ts';
import { SLOT_STEP_BYTES as UNIT_BYTES } from '../../src/layout/regions.ts';

type Choose = FitStrategy['choose'];

const lowest: Choose = (runs, unitCount) => runs.lowestAtLeast(unitCount);

/** A heap of 64 units with runs of 1, 1 and 59 units, whose strategy the test replaces later. */
function heapWithFit(): { heap: MemoryManager; base: number; chooseBy: (choose: Choose) => void } {
  let choose = lowest;
  const fit: FitStrategy = { name: 'unruly', choose: (runs, unitCount) => choose(runs, unitCount) };
  const heap = new MemoryManager(64 * UNIT_BYTES, { fit, slabs: false });
  const blocks = Array.from({ length: 5 }, () => heap.allocate(1)!);
  heap.deallocate(blocks[1]);
  heap.deallocate(blocks[3]);
  return { heap, base: blocks[0], chooseBy: (next) => (choose = next) };
}

function expectHarmless(
  choose: (heap: MemoryManager, base: number) => Choose,
  act: (heap: MemoryManager) => void,
): void {
  const { heap, base, chooseBy } = heapWithFit();
  const before = snapshotOf(heap);
  chooseBy(choose(heap, base));
  act(heap);
  chooseBy(lowest);
  heap.check();
  expect(snapshotOf(heap)).toEqual(before);
  expect(heap.allocate(1)).not.toBeNull();
  expect(heap.stats().lockSeizures).toBe(0);
  heap.check();
  heap.detach();
}

describe('a fit that throws', () => {
  test('has its own error passed on, leaves the heap unchanged and the lock free', () => {
    const reason = new Error('no idea where');
    const choose = () => () => {
      throw reason;
    };
    expectHarmless(choose, (heap) => expect(() => heap.allocate(1)).toThrow(reason));
  });
});

describe('a fit that chooses what is no free run of enough units is BAD_OPTION:', () => {
  test.each<[string, (base: number) => unknown]>([
    ['null', () => null],
    ['a number', (base) => base],
    ['an empty object', () => ({})],
    ['the start of a block', (base) => ({ address: base, unitCount: 1 })],
    ['the inside of a free run', (base) => ({ address: base + 6 * UNIT_BYTES, unitCount: 1 })],
    ['a run that is too short', (base) => ({ address: base + UNIT_BYTES, unitCount: 100 })],
    ['a byte behind the start of a run', (base) => ({ address: base + 5 * UNIT_BYTES + 1, unitCount: 59 })],
    ['0', () => ({ address: 0, unitCount: 59 })],
    ['the end', (base) => ({ address: base + 64 * UNIT_BYTES, unitCount: 59 })],
    ['far beyond the end', (base) => ({ address: base + 2 ** 40, unitCount: 59 })],
    ['NaN', () => ({ address: Number.NaN, unitCount: 59 })],
    ['a string', (base) => ({ address: String(base + 5 * UNIT_BYTES), unitCount: 59 })],
    ['a bigint', (base) => ({ address: BigInt(base + 5 * UNIT_BYTES), unitCount: 59 })],
  ])('%s', (_, choice) => {
    expectHarmless(
      (_heap, base) => () => choice(base) as FreeRun,
      (heap) => {
        const error = errorOf(() => heap.allocate(20));
        expect(error.code).toBe('BAD_OPTION' satisfies AllocatorErrorCode);
        expect(error.message).toMatch(/^fit "unruly" chose .+, where no free run of at least 2 units starts$/u);
      },
    );
  });
});

describe('a fit that calls the heap is REENTRANT:', () => {
  test.each<[string, (heap: MemoryManager, base: number) => unknown]>([
    ['allocate', (heap) => heap.allocate(1)],
    ['deallocate', (heap, base) => heap.deallocate(base)],
    ['reallocate', (heap, base) => heap.reallocate(base, 100)],
    ['check', (heap) => heap.check()],
    ['blocks', (heap) => heap.blocks()],
    ['freeRuns', (heap) => heap.freeRuns()],
    ['a failing read', (heap) => heap.read(1, 1)],
    ['sizeOf of what is no block', (heap) => heap.sizeOf(1)],
    ['recover', (heap) => heap.recover()],
    ['detach', (heap) => heap.detach()],
    ['using', (heap) => heap[Symbol.dispose]()],
  ])('%s', (_, call) => {
    expectHarmless(
      (heap, base) => () => {
        call(heap, base);
        return undefined;
      },
      (heap) => {
        const error = errorOf(() => heap.allocate(1));
        expect(error.code).toBe('REENTRANT');
        expect(error.message).toBe('fit "unruly" called the heap while the heap was calling it');
      },
    );
  });

  test('allocateAsync', async () => {
    const { heap, chooseBy } = heapWithFit();
    let inner: Promise<unknown> | undefined;
    chooseBy((runs, unitCount) => {
      inner ??= heap.allocateAsync(1);
      return runs.lowestAtLeast(unitCount);
    });
    const address = heap.allocate(1);
    await expect(inner).rejects.toMatchObject({ code: 'REENTRANT' });
    heap.deallocate(address!);
    heap.check();
    heap.detach();
  });
});

describe('queries of a fit with odd numbers', () => {
  test.each([0, -1, -100, Number.NaN, 0.5, 2 ** 32 + 1, 2 ** 40, Infinity])(
    'for %d units find a free run or nothing',
    (odd) => {
      const { heap, base, chooseBy } = heapWithFit();
      const starts = new Set(Array.from(heap.freeRuns(), ({ address }) => address));
      let answers: (FreeRun | undefined)[] = [];
      chooseBy((runs) => {
        answers = [runs.lowestAtLeast(odd), runs.smallestAtLeast(odd), runs.lowestAtLeastFrom(odd, base)];
        return undefined;
      });
      expect(heap.allocate(1)).toBeNull();
      expect(answers).toHaveLength(3);
      for (const answer of answers) {
        if (answer === undefined) continue;
        expect(starts).toContain(answer.address);
        expect(answer.unitCount).toBeGreaterThanOrEqual(odd);
      }
      heap.check();
      heap.detach();
    },
  );
});
