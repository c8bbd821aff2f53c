import type { Replacement } from '../../src/explore/index.ts';

/**
 * Lets the lock spin three times before its thread sleeps, in place of 200. Each round is a place where another thread
 * may come between, so with 200 of them no search would end; what a thread may meet, it meets in three.
 */
export const FEW_SPINS: Replacement = {
  file: new URL('../../src/sync/robust-lock.ts', import.meta.url),
  from: 'const SPINS = 200;',
  to: 'const SPINS = 3;',
};
