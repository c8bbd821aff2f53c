/**
 * The built-in placement policies and what they choose from. Names as in Knuth, "The Art of Computer Programming",
 * vol. 1, 2.5, and Wilson et al., "Dynamic Storage Allocation: A Survey and Critical Review" (1995).
 */
import { NO_UNIT, type Unit } from '../layout/units.ts';

/** The free runs as the table knows them. Runs are named by their first unit, NO_UNIT stands for none. */
export interface FreeRunIndex {
  lowestAtLeast(unitCount: number): Unit;
  smallestAtLeast(unitCount: number): Unit;
  lowestAtLeastFrom(unitCount: number, unit: Unit): Unit;
  largest(): Unit;
  /** Units of the free run that starts at `unit`; 0 if none starts there. */
  lengthAt(unit: Unit): number;
  /** The first free run at `unit` or, with `beyond`, after it. */
  nextFrom(unit: Unit, beyond?: boolean): Unit;
}

/** A placement policy as the table calls it. */
export interface Fit {
  readonly name: string;
  /** A free run of at least `unitCount` units, or NO_UNIT. `rover` is the unit after the last block taken. */
  find(index: FreeRunIndex, unitCount: number, rover: Unit): Unit;
}

/** Takes the free run with the lowest address: keeps live blocks together and long runs at the end. */
const firstFit: Fit = {
  name: 'first-fit',
  find: (index, unitCount) => index.lowestAtLeast(unitCount),
};

/** Takes the shortest free run that suffices: least waste per request. */
const bestFit: Fit = {
  name: 'best-fit',
  find: (index, unitCount) => index.smallestAtLeast(unitCount),
};

/** Goes on where the last search ended: spreads blocks over the memory. */
const nextFit: Fit = {
  name: 'next-fit',
  find(index, unitCount, rover) {
    const found = index.lowestAtLeastFrom(unitCount, rover);
    return found === NO_UNIT ? index.lowestAtLeast(unitCount) : found;
  },
};

/** Takes the longest free run: what remains is as usable as can be. */
const worstFit: Fit = {
  name: 'worst-fit',
  find(index, unitCount) {
    const largest = index.largest();
    return largest !== NO_UNIT && index.lengthAt(largest) >= unitCount ? largest : NO_UNIT;
  },
};

const BUILT_IN = [firstFit, bestFit, nextFit, worstFit] as const;

/** Names of the fits that need not be brought along. */
export const FIT_NAMES = ['first-fit', 'best-fit', 'next-fit', 'worst-fit'] as const;
export type FitName = (typeof FIT_NAMES)[number];

/** The built-in fit of that name. */
export function builtInFit(name: string): Fit | undefined {
  return BUILT_IN.find((fit) => fit.name === name);
}
