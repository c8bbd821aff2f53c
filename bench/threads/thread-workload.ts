/**
 * A multi-threaded workload of the field, cut to a fixed amount of work, on one heap that all its threads share. What a
 * thread asks for is what it asks for in a stress run.
 */
import type { Hands } from '../../src/stress/workloads/hands.ts';
import type { Round } from '../measure/lane.ts';

/** Two threads: as many as the smallest machine has cores for. */
export const THREADS = 2;

/** What a thread of a workload has at hand. */
export type ThreadPlace = Hands;

export interface ThreadWorkload {
  /** What one operation of the score is. */
  readonly unit: string;
  /** Operations of a thread in a round; counts of a round are multiples of `step`. */
  readonly operations: number;
  readonly step: number;
  /** How many threads do what the score counts. */
  readonly workers: number;
  /** The threads of each round are new ones, successors of those of the round before, and end with it. */
  readonly hasSuccessors: boolean;
  readonly slotCount: number;
  readonly wordCount: number;
  begin(place: ThreadPlace): Round;
}
