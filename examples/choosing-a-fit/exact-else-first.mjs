/**
 * A fit of our own: a free run of exactly the right length if there is one, else the one with the lowest address. An
 * exact match leaves no splinter behind; and where there is none, blocks still gather at the low end.
 */

/** @type {import('threadheap').FitStrategy} */
export const exactElseFirst = {
  name: 'exact-else-first',
  choose(runs, unitCount) {
    const snuggest = runs.smallestAtLeast(unitCount);
    return snuggest?.unitCount === unitCount ? snuggest : runs.lowestAtLeast(unitCount);
  },
};
