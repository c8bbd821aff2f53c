/**
 * A fit that stops inside the lock, where fits run, until it is let go: `gate` holds "somebody is inside" and "go on".
 * Without a gate it is plain first fit.
 */
export const INSIDE = 0;
export const GO = 1;

export function gatedFit(gate) {
  return {
    name: 'gated',
    choose(runs, unitCount) {
      if (gate !== undefined && Atomics.load(gate, GO) === 0) {
        Atomics.store(gate, INSIDE, 1);
        Atomics.notify(gate, INSIDE);
        Atomics.wait(gate, GO, 0);
      }
      return runs.lowestAtLeast(unitCount);
    },
  };
}
