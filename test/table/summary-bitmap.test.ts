import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitmapLevelSizes, type Region } from '../../src/layout/regions.ts';
import { HeadBitmap } from '../../src/table/head-bitmap.ts';
import { NO_BIT, SummaryBitmap } from '../../src/table/summary-bitmap.ts';
import { layoutOf } from '../support/tables.ts';

/** Enough for three levels of words, and no multiple of 32. */
const BITS = 3000;

/** A set of numbers, searched from one end to the other. */
class NaiveBitmap {
  readonly bits: Set<number> = new Set();

  lastAtOrBefore(index: number): number {
    for (let bit = index; bit >= 0; bit--) if (this.bits.has(bit)) return bit;
    return NO_BIT;
  }

  firstAtOrAfter(index: number): number {
    for (let bit = index; bit < BITS; bit++) if (this.bits.has(bit)) return bit;
    return NO_BIT;
  }

  replaceWord(index: number, word: number): void {
    const first = index & ~31;
    for (let bit = 0; bit < 32; bit++) {
      if (((word >>> bit) & 1) !== 0) this.bits.add(first + bit);
      else this.bits.delete(first + bit);
    }
  }
}

type Step = { kind: 'set' | 'clear'; index: number } | { kind: 'replace'; index: number; word: number };

const index = fc.oneof(fc.nat({ max: BITS - 1 }), fc.constantFrom(0, 31, 32, 1023, 1024, 2047, 2048, BITS - 1));
const wholeWords = (BITS >>> 5) - 1;
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('set' as const), index }),
    fc.record({ kind: fc.constant('clear' as const), index }),
    fc.record({
      kind: fc.constant('replace' as const),
      index: fc.nat({ max: wholeWords }).map((word) => word * 32),
      word: fc.oneof(fc.constant(0), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    }),
  ),
  { maxLength: 60 },
);

function take(step: Step, bitmap: SummaryBitmap, naive: NaiveBitmap): void {
  if (step.kind === 'set') {
    bitmap.set(step.index);
    naive.bits.add(step.index);
  } else if (step.kind === 'clear') {
    bitmap.clear(step.index);
    naive.bits.delete(step.index);
  } else if ('word' in step) {
    bitmap.replaceWord(step.index, step.word);
    naive.replaceWord(step.index, step.word);
  }
}

function bitmapOf(): { bitmap: SummaryBitmap; words: Int32Array } {
  const layout = layoutOf(BITS);
  const { headBitmap } = layout.regions;
  return { bitmap: new SummaryBitmap(layout, headBitmap, BITS), words: layout.viewOf(headBitmap) };
}

describe('SummaryBitmap', () => {
  test('answers like a set that is searched from one end to the other', () => {
    fc.assert(
      fc.property(steps, fc.array(index, { minLength: 1, maxLength: 20 }), (changes, probes) => {
        const { bitmap } = bitmapOf();
        const naive = new NaiveBitmap();
        for (const change of changes) take(change, bitmap, naive);
        for (const probe of probes) {
          expect(bitmap.has(probe)).toBe(naive.bits.has(probe));
          expect(bitmap.lastAtOrBefore(probe)).toBe(naive.lastAtOrBefore(probe));
          expect(bitmap.firstAtOrAfter(probe)).toBe(naive.firstAtOrAfter(probe));
        }
        expect(bitmap.isConsistent()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('finds the only bit from everywhere', () => {
    for (const only of [0, 31, 32, 1023, 1024, 2048, BITS - 1]) {
      const { bitmap } = bitmapOf();
      bitmap.set(only);
      for (let probe = 0; probe < BITS; probe++) {
        expect(bitmap.firstAtOrAfter(probe)).toBe(probe <= only ? only : NO_BIT);
        expect(bitmap.lastAtOrBefore(probe)).toBe(probe >= only ? only : NO_BIT);
      }
    }
  });

  test('finds nothing at or after an index beyond its last word', () => {
    const { bitmap } = bitmapOf();
    bitmap.set(BITS - 1);
    expect(bitmap.firstAtOrAfter(Math.ceil(BITS / 32) * 32)).toBe(NO_BIT);
  });

  test('drains every bit once, in order, and is empty then', () => {
    fc.assert(
      fc.property(fc.uniqueArray(index, { maxLength: 100 }), (bits) => {
        const { bitmap, words } = bitmapOf();
        for (const bit of bits) bitmap.set(bit);
        const drained: number[] = [];
        bitmap.drain((bit) => drained.push(bit));
        expect(drained).toEqual(bits.toSorted((a, b) => a - b));
        expect(words.every((word) => word === 0)).toBe(true);
      }),
    );
  });

  test('notices a summary bit that says something else than the words below', () => {
    const { bitmap, words } = bitmapOf();
    bitmap.set(40);
    const [leaves, summaries] = bitmapLevelSizes(BITS);
    for (const word of [leaves, leaves + summaries]) {
      words[word] ^= 1 << 2;
      expect(bitmap.isConsistent()).toBe(false);
      words[word] ^= 1 << 2;
      expect(bitmap.isConsistent()).toBe(true);
    }
  });
});

describe('HeadBitmap', () => {
  test('answers the same with the lock and without it', () => {
    fc.assert(
      fc.property(steps, fc.array(index, { minLength: 1, maxLength: 20 }), (changes, probes) => {
        const heads = new HeadBitmap(layoutOf(BITS));
        const naive = new NaiveBitmap();
        for (const change of changes) take(change, heads, naive);
        for (const probe of probes) {
          expect(heads.has(probe)).toBe(naive.bits.has(probe));
          expect(heads.loadHas(probe)).toBe(naive.bits.has(probe));
          expect(heads.lastAtOrBefore(probe)).toBe(naive.lastAtOrBefore(probe));
          expect(heads.loadLastAtOrBefore(probe)).toBe(naive.lastAtOrBefore(probe));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('stores atomically, for the sake of threads without the lock', () => {
    const region: Region = layoutOf(BITS).regions.headBitmap;
    expect(region.wordCount).toBeGreaterThan(0);
    const { store } = Atomics;
    let stores = 0;
    const atomics = Atomics as { store: unknown };
    atomics.store = (words: Int32Array, at: number, word: number) => (stores++, store(words, at, word));
    try {
      const heads = new HeadBitmap(layoutOf(BITS));
      heads.set(0);
      heads.clear(0);
    } finally {
      atomics.store = store;
    }
    const levels = bitmapLevelSizes(BITS).length;
    expect(stores).toBe(2 * levels);
  });
});
