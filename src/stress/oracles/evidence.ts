/**
 * All that stands beside a heap under test to judge it by, in shared memory of its own: the heap may be broken.
 */
import { BlockRecords } from './block-records.ts';
import { IntervalHistory } from './interval-history.ts';
import { Ledger } from './ledger.ts';
import { ShadowMap } from './shadow-map.ts';

/** Structured-cloneable. */
export interface Evidence {
  /** Who owns which granule. */
  readonly shadow: SharedArrayBuffer;
  /** Which blocks are live, and what they are. */
  readonly records: SharedArrayBuffer;
  /** Which memory was whose, and when. */
  readonly history: SharedArrayBuffer;
  /** What each thread is about to do. */
  readonly ledger: SharedArrayBuffer;
}

/** @param byteLength - of the heap's whole buffer, at its greatest */
export function createEvidence(byteLength: number, streamCount: number): Evidence {
  return {
    shadow: ShadowMap.reserve(byteLength),
    records: BlockRecords.reserve(byteLength),
    history: IntervalHistory.reserve(),
    ledger: Ledger.reserve(streamCount),
  };
}
