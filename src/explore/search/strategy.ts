/**
 * The searches that a user can ask for, as plain data that travels to the workers.
 */

/** How schedules are chosen. */
export type Strategy =
  | { readonly kind: 'preemptions'; readonly bound: number }
  | { readonly kind: 'random'; readonly runs: number; readonly seed: number }
  | { readonly kind: 'pct'; readonly depth: number; readonly runs: number; readonly seed: number };

/**
 * Every schedule with at most `bound` preemptions, those with fewer first, so that the first failure has the fewest
 * (iterative context bounding: Musuvathi and Qadeer, PLDI 2007). `Infinity` is every schedule.
 */
export function preemptions(bound: number): Strategy {
  if (!(bound === Infinity || (Number.isInteger(bound) && bound >= 0))) {
    throw new RangeError(`preemptions: ${bound} is no whole number of at least 0`);
  }
  return { kind: 'preemptions', bound: Math.min(bound, UNBOUNDED) };
}

/** A bound that no schedule reaches. */
export const UNBOUNDED = 1_000_000_000;

/** Any thread that can run takes the next step, with equal chances. */
export function random({ runs, seed }: { runs: number; seed: number }): Strategy {
  return { kind: 'random', runs: checkedCount('runs', runs), seed };
}

/**
 * Random priorities, changed at `depth` − 1 random steps: finds a bug that needs `depth` ordering constraints with
 * probability of at least 1/(n·kᵈ⁻¹), for n threads and k steps (Burckhardt et al., ASPLOS 2010).
 */
export function pct({ depth, runs, seed }: { depth: number; runs: number; seed: number }): Strategy {
  if (!(Number.isInteger(depth) && depth >= 1 && depth <= MAX_DEPTH)) {
    throw new RangeError(`depth: ${depth} is no whole number from 1 to ${MAX_DEPTH}`);
  }
  return { kind: 'pct', depth, runs: checkedCount('runs', runs), seed };
}

/** The largest depth of PCT. */
export const MAX_DEPTH = 16;

function checkedCount(name: string, count: number): number {
  if (!(Number.isInteger(count) && count >= 1))
    throw new RangeError(`${name}: ${count} is no whole number of at least 1`);
  return count;
}
