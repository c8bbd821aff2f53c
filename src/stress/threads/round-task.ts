/**
 * What the main thread gives every worker of a round.
 */
import type { HeapHandle } from '../../index.ts';
import type { Histograms } from '../measures/latency.ts';
import type { Evidence } from '../oracles/evidence.ts';
import type { Oracle } from '../results/oracles.ts';
import type { Fault } from './faults.ts';

/** Structured-cloneable. */
export interface RoundTask {
  readonly handle: HeapHandle;
  readonly fault: Fault | undefined;
  readonly control: SharedArrayBuffer;
  readonly meters: SharedArrayBuffer;
  readonly evidence: Evidence;
  readonly histograms: Histograms;
  readonly oracles: readonly Oracle[];
  readonly seed: number;
  /** Whether threads keep what they have of the heap when they detach, for a return; otherwise they leave for good. */
  readonly lingers: boolean;
  /** Whether the heap is to be mapped where the job knows it to be fullest. */
  readonly mapsPeak: boolean;
}
