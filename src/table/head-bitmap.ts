/**
 * The head bitmap: one bit per unit, set where a block or free run starts. Derived from the block map, written under
 * the lock like any summary bitmap. Besides, threads without the lock ask it about the block that holds an address:
 * of a live block the head's bit is set and the others are clear as long as it lives, so what they rely on does not
 * change under them. For their sake stores are atomic; what they find elsewhere may be torn and proves nothing.
 */
import type { Layout } from '../layout/layout.ts';
import { bitOf, bitsBelow, highestBit, NO_BIT, SummaryBitmap } from './summary-bitmap.ts';

/** Where blocks and free runs start. */
export class HeadBitmap extends SummaryBitmap {
  constructor(layout: Layout) {
    super(layout, layout.regions.headBitmap, layout.unitLimit);
  }

  protected override store(words: Int32Array, index: number, word: number): void {
    Atomics.store(words, index, word);
  }

  /** `has` without the lock. */
  loadHas(unit: number): boolean {
    return (Atomics.load(this.levels[0], unit >>> 5) & bitOf(unit)) !== 0;
  }

  /** `lastAtOrBefore` without the lock. */
  loadLastAtOrBefore(unit: number): number {
    const word = Atomics.load(this.levels[0], unit >>> 5) & (bitsBelow(unit) | bitOf(unit));
    return word !== 0 ? (unit & ~31) | highestBit(word) : this.#loadLastBefore(unit >>> 5);
  }

  #loadLastBefore(index: number): number {
    for (let level = 1; level < this.levels.length; level++, index >>>= 5) {
      const word = Atomics.load(this.levels[level], index >>> 5) & bitsBelow(index);
      if (word !== 0) return this.#loadLastBelow(level, (index & ~31) | highestBit(word));
    }
    return NO_BIT;
  }

  #loadLastBelow(level: number, index: number): number {
    while (level-- > 0) {
      const word = Atomics.load(this.levels[level], index);
      if (word === 0) return NO_BIT;
      index = (index << 5) | highestBit(word);
    }
    return index;
  }
}
