import type { Replacement } from '../../src/explore/index.ts';
import { FEW_SPINS } from './few-spins.ts';

/** What is replaced in the library for all scenarios. */
export const REPLACEMENTS: readonly Replacement[] = [FEW_SPINS];
