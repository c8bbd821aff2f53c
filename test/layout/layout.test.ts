import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roundUp, type Unit } from '../../src/layout/units.ts';
import { layoutOf } from '../support/tables.ts';

const layout = layoutOf(1000);

describe('conversions', () => {
  test('a unit is found from each of its addresses', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 30 }), fc.nat({ max: layout.unitBytes - 1 }), (unit, offset) => {
        expect(layout.unitAt(layout.addressOf(unit as Unit) + offset)).toBe(unit);
      }),
    );
  });

  test('addresses beyond 2³² are exact', () => {
    expect(layout.addressOf((2 ** 30) as Unit)).toBe(layout.base + 2 ** 34);
    expect(layout.unitAt(layout.base + 2 ** 34 + 15)).toBe(2 ** 30);
  });

  test('units hold at least the bytes asked for, and no unit more than needed; no bytes take one unit', () => {
    expect(layout.unitsFor(0)).toBe(1);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 16 }), (byteLength) => {
        const bytes = layout.bytesOf(layout.unitsFor(byteLength));
        expect(bytes).toBeGreaterThanOrEqual(byteLength);
        expect(bytes - byteLength).toBeLessThan(layout.unitBytes);
      }),
    );
  });

  test('rounding up is exact beyond 2³²', () => {
    expect(roundUp(2 ** 40 + 1, 65_536)).toBe(2 ** 40 + 65_536);
    expect(roundUp(2 ** 40, 65_536)).toBe(2 ** 40);
  });
});

describe('views', () => {
  test('cover one region each, from its first word on', () => {
    for (const region of [layout.regions.blockMap, layout.regions.bins]) {
      const view = layout.viewOf(region);
      expect(view.length).toBe(region.wordCount);
      view[0] = 0x5eed;
      expect(layout.words[region.start]).toBe(0x5eed);
      view[0] = 0;
    }
  });
});
