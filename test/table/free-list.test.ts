import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_UNIT, type Unit } from '../../src/layout/units.ts';
import type { Layout } from '../../src/layout/layout.ts';
import { FreeList } from '../../src/table/free-list.ts';
import { pick, picked } from '../support/property.ts';
import { layoutOf } from '../support/tables.ts';

const UNITS = 2000;

/** Free runs never touch, so starts are even here and lengths are any. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        start: fc.nat({ max: UNITS / 2 - 1 }).map((half) => half * 2),
        length: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: UNITS })),
      }),
    },
    { weight: 2, arbitrary: fc.record({ remove: pick }) },
  ),
  { maxLength: 80 },
);

function contentOf(list: FreeList): Map<number, number> {
  const content = new Map<number, number>();
  const linked = list.walk((start, length) => {
    expect(content.has(start)).toBe(false);
    content.set(start, length);
  });
  expect(linked).toBe(true);
  return content;
}

function make(layout: Layout = layoutOf(UNITS)): FreeList {
  return new FreeList(layout);
}

describe('FreeList', () => {
  test('holds what a map from starts to lengths holds, and finds the smallest sufficient length', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.integer({ min: 1, max: UNITS }), { maxLength: 10 }), (changes, probes) => {
        const list = make();
        const naive = new Map<number, number>();
        for (const change of changes) {
          if ('remove' in change) {
            if (naive.size === 0) continue;
            const start = picked([...naive.keys()], change.remove);
            list.remove(start as Unit);
            naive.delete(start);
          } else if (!naive.has(change.start)) {
            list.insert(change.start as Unit, change.length);
            naive.set(change.start, change.length);
          }
          expect(contentOf(list)).toEqual(naive);
        }
        for (const probe of probes) {
          const enough = [...naive.values()].filter((length) => length >= probe);
          const found = list.smallestAtLeast(probe);
          if (enough.length === 0) expect(found).toBe(NO_UNIT);
          else expect(naive.get(found)).toBe(Math.min(...enough));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('gives runs of equal length back last in, first out', () => {
    const list = make();
    for (const start of [2, 4, 6] as Unit[]) list.insert(start, 5);
    const order: number[] = [];
    for (let run = list.smallestAtLeast(5); run !== NO_UNIT; run = list.smallestAtLeast(5)) {
      order.push(run);
      list.remove(run);
    }
    expect(order).toEqual([6, 4, 2]);
  });

  test('is empty after being cleared, and as usable as a new one', () => {
    const list = make();
    for (const [start, length] of [
      [0, 1],
      [2, 700],
      [1000, 700],
    ] as [Unit, number][])
      list.insert(start, length);
    list.clear();
    expect(contentOf(list)).toEqual(new Map());
    list.insert(4 as Unit, 700);
    expect(contentOf(list)).toEqual(new Map([[4, 700]]));
  });

  test('keeps a tuple of (start, length) at a place that follows from the start', () => {
    const list = make();
    list.insert(123 as Unit, 45);
    expect(list.tupleAt(123 as Unit)).toEqual([123, 45]);
  });

  test('notices links that contradict each other', () => {
    const layout = layoutOf(UNITS);
    const list = make(layout);
    list.insert(2 as Unit, 5);
    list.insert(4 as Unit, 5);
    const bins = layout.viewOf(layout.regions.bins);
    const good = bins[5];
    for (const bad of [0, 2 + 1]) {
      bins[5] = bad; // an empty bin with its bit set; a bin that skips a tuple
      expect(list.walk(() => undefined)).toBe(false);
    }
    bins[5] = good;
    expect(list.walk(() => undefined)).toBe(true);
  });
});
