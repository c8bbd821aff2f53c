/** What a planted bug is, and the ways to explore with deaths. */
import type { ExploreOptions } from '../../src/explore/index.ts';

/** A bug to plant. */
export interface Mutant {
  /** What the bug does, as a sentence after "that". */
  readonly does: string;
  /** File below `src`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** File in test/scenarios, without its ending. */
  readonly scenario: string;
  readonly options?: ExploreOptions;
}

/** A death before every operation of Atomics. */
export const DEATHS: ExploreOptions = { crash: 'every-operation', strategy: { kind: 'preemptions', bound: 1 } };
/** A death before every operation of Atomics and every plain write; threads run one after the other. */
export const DEATHS_AT_WRITES: ExploreOptions = {
  crash: 'every-operation',
  plain: 'race-log',
  strategy: { kind: 'preemptions', bound: 0 },
};
