/** The three uses that are measured, each with its ways. */
import { CACHES } from './cache/cache-ways.ts';
import { FRAMES } from './frames/frame-ways.ts';
import { QUEUES } from './queue/queue-ways.ts';
import type { Ways } from './use.ts';

/** What is done, how often in a round, and at which variants. */
export interface Use {
  readonly title: string;
  readonly ways: Ways;
  /** The way that the others are compared with. */
  readonly baseline: string;
  readonly variants: readonly number[];
  nameOf(variant: number): string;
  operationsOf(variant: number): number;
}

const KIB = 1024;
const FRAME_ROUND_BYTES = 64 * KIB * KIB;

export const USES: Readonly<Record<string, Use>> = {
  frames: {
    title: 'a pool of two workers that is passed frames',
    ways: FRAMES,
    baseline: 'threadheap',
    variants: [8 * KIB, 128 * KIB, 1024 * KIB, 8192 * KIB],
    nameOf: (byteLength) => `${byteLength / KIB} KiB`,
    operationsOf: (byteLength) => Math.min(2000, Math.max(16, FRAME_ROUND_BYTES / byteLength)),
  },
  cache: {
    title: 'a cache of 10,000 JSON values, 90 % reads',
    ways: CACHES,
    baseline: 'threadheap',
    variants: [2, 4],
    nameOf: (workers) => `${workers} workers`,
    operationsOf: () => 20_000,
  },
  queue: {
    title: 'a queue of JSON messages from one thread to another',
    ways: QUEUES,
    baseline: 'threadheap',
    variants: [100, 1000],
    nameOf: (byteLength) => `${byteLength} bytes`,
    operationsOf: () => 10_000,
  },
};
