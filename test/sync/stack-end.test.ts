import { describe, expect, test } from 'vitest';
import { MemoryManager, type FitStrategy } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { Lock } from '../../src/layout/regions.ts';
import { Thread } from '../support/threads.ts';

const HEAP_BYTES = 2 ** 18;
/** Frames from the end of the stack at which things are tried: each of the nearest, and some to where room is enough. */
const DISTANCES = [
  ...Array.from({ length: 150 }, (_, at) => at),
  ...Array.from({ length: 90 }, (_, at) => Math.round(150 * 1.04 ** at)),
];
/** Numbers of arguments that shift the stack, by eight bytes each. */
const SHIFTS = [0, 1, 2, 3, 5, 7];
const TIMEOUT_MS = 120_000;

const ownFit: FitStrategy = { name: 'own', choose: (runs, unitCount) => runs.lowestAtLeast(unitCount) };

/** A call made so many frames above the end of the stack. */
class Dive {
  left: number;
  didReturn = false;
  readonly #action: () => void;

  constructor(distance: number, action: () => void) {
    this.left = distance;
    this.#action = action;
  }

  act(): void {
    this.#action();
    this.didReturn = true;
  }
}

/** Goes down until the stack ends; on the way back, each frame is one further from the end. */
function descend(dive: Dive): void {
  try {
    descend(dive);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  if (dive.left-- === 0) dive.act();
}

/** Whether `action` finds the end of the stack when it is called so many frames above. Other errors are the test's. */
function overflows(distance: number, shift: number, action: () => void): boolean {
  const dive = new Dive(distance, action);
  const shifted = (..._shift: number[]): void => descend(dive);
  Reflect.apply(
    shifted,
    undefined,
    Array.from({ length: shift }, () => 0),
  );
  return !dive.didReturn;
}

interface Tally {
  calls: number;
  overflows: number;
  lockedAfter: number;
}

/** Calls what `prepare` makes at many distances from the end of the stack, and looks at the lock after each. */
function atTheEnd(heap: MemoryManager, prepare: () => () => void, judge: (didThrow: boolean) => void): Tally {
  const { words } = new Layout(heap.buffer);
  const tally = { calls: 0, overflows: 0, lockedAfter: 0 };
  for (const distance of DISTANCES) {
    for (const shift of SHIFTS) {
      const action = prepare();
      const didThrow = overflows(distance, shift, action);
      tally.calls++;
      if (didThrow) tally.overflows++;
      if (Atomics.load(words, Lock.OWNER) !== 0) tally.lockedAfter++;
      judge(didThrow);
    }
  }
  return tally;
}

const liveAt = (heap: MemoryManager) => new Set(Array.from(heap.blocks(), ({ address }) => address));

describe.each([
  ['blocks of the table', { slabs: false }, 64],
  ['blocks that a fit of the user places', { slabs: false, fit: ownFit }, 64],
  ['large blocks beside slabs', { slabs: true }, 20_000],
  ['slots', { slabs: true }, 64],
  ['slots that are slabs of their own', { slabs: true }, 8000],
])('near the end of the stack, with %s', { timeout: TIMEOUT_MS }, (_what, options, size) => {
  test('a deallocate that throws has not given the block back, any other has, and none keeps the lock', () => {
    using heap = new MemoryManager(HEAP_BYTES, options);
    const kept = [heap.allocate(size)!, heap.allocate(size)!];
    let address = 0;
    const tally = atTheEnd(
      heap,
      () => {
        address = heap.allocate(size)!;
        return () => heap.deallocate(address);
      },
      (didThrow) => {
        expect(liveAt(heap).has(address)).toBe(didThrow);
        if (didThrow) heap.deallocate(address);
      },
    );
    expect(tally.lockedAfter).toBe(0);
    expect(tally.overflows).toBeGreaterThan(0);
    expect(tally.overflows).toBeLessThan(tally.calls);
    for (const block of kept) heap.deallocate(block);
    heap.recover();
    expect(liveAt(heap).size).toBe(0);
    heap.check();
  });

  test('an allocate keeps no lock, whether it throws or not, and hands out what nobody has', () => {
    using heap = new MemoryManager(HEAP_BYTES, options);
    let address: number | null = 0;
    const tally = atTheEnd(
      heap,
      () => () => {
        address = heap.allocate(size);
      },
      (didThrow) => {
        if (!didThrow && address !== null) expect(liveAt(heap).has(address)).toBe(true);
        for (const live of liveAt(heap)) heap.deallocate(live); // what an allocate that threw may have taken, too
      },
    );
    expect(tally.lockedAfter).toBe(0);
    expect(tally.overflows).toBeGreaterThan(0);
    expect(tally.overflows).toBeLessThan(tally.calls);
    heap.recover();
    heap.check();
    expect([...heap.freeRuns()]).toHaveLength(1);
  });
});

test('the clock, which Node loads at its first use, is used when a thread attaches', () => {
  const clock = Object.getOwnPropertyDescriptor(globalThis, 'performance')!;
  const { performance: loaded } = globalThis;
  let uses = 0;
  Object.defineProperty(globalThis, 'performance', { configurable: true, get: () => (uses++, loaded) });
  try {
    new MemoryManager(4096).detach();
  } finally {
    Object.defineProperty(globalThis, 'performance', clock);
  }
  expect(uses).toBeGreaterThan(0);
});

test('another thread works beside one that overflows its stack all the time', { timeout: TIMEOUT_MS }, async () => {
  using heap = new MemoryManager(HEAP_BYTES, { slabs: false, lockTimeoutMs: 2000 });
  const thread = new Thread(heap, 'overflow');
  expect(await thread.told()).toBe('diving');
  for (let round = 0; round < 2000; round++) {
    const address = heap.allocate(100)!;
    heap.deallocate(address);
  }
  thread.goOn();
  await thread.end();
  heap.check();
  expect(liveAt(heap).size).toBe(0);
});
