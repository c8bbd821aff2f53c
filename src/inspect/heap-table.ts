/**
 * A heap's statistics as text: what there is, what is taken and live, and which requests the free memory could serve.
 */
import { bytes, count, percent } from '../quantity.ts';
import { fragmentationBySize, type SizeFragmentation } from './fragmentation.ts';
import type { InspectableHeap } from './heap-cells.ts';
import type { HeapStats } from './stats.ts';

const NAME_WIDTH = 24;
const VALUE_WIDTH = 10;
const SIZE_WIDTH = 16;
const SHARE_WIDTH = 8;
const BAR_WIDTH = 32;
/** Eighths of a character. */
const BAR_ENDS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** The heap's own statistics, one a line, with what each means where its name does not say it. */
export function heapTable(heap: InspectableHeap): string {
  return statisticsOf(heap.stats())
    .map(([name, value, meaning]) => `${name.padEnd(NAME_WIDTH)}${value.padStart(VALUE_WIDTH)}   ${meaning}`.trimEnd())
    .join('\n');
}

function statisticsOf(stats: HeapStats): [name: string, value: string, meaning: string][] {
  const { byteLength, liveBytes, usedBytes, freeBytes } = stats;
  return [
    ['under management', bytes(byteLength), 'may grow up to maxByteLength'],
    ['  live', bytes(liveBytes), `${percent(liveBytes / byteLength)}: what the program holds`],
    ['  used', bytes(usedBytes), `${percent(usedBytes / byteLength)}: live, and kept by slabs`],
    ['  free', bytes(freeBytes), `${percent(freeBytes / byteLength)}: in free runs`],
    ['peak used', bytes(stats.peakUsedBytes), ''],
    ['free runs', count(stats.freeRuns), ''],
    ['largest free run', bytes(stats.largestFreeRun), 'what can be had without growth'],
    ['external fragmentation', percent(stats.externalFragmentation), 'free memory outside the largest free run'],
    ['threads attached', count(stats.threads), ''],
    ['lock waits', count(stats.lockWaits), 'a thread had to wait for another'],
    ['lock seizures', count(stats.lockSeizures), 'the lock was taken from a dead thread'],
    ['bookkeeping', bytes(stats.metadataBytes), 'address space; untouched pages are free'],
  ];
}

/**
 * For requests of 16 bytes, 32, 64, …: the share of the free memory that could serve them. Sizes that the same free runs
 * serve have one line, for the largest of them.
 */
export function fragmentationTable(heap: InspectableHeap): string {
  const rows = fragmentationBySize(heap);
  const telling = rows.filter(({ runs }, index) => runs !== rows[index + 1]?.runs);
  const head = `${'a request of'.padEnd(SIZE_WIDTH)}  could be served from`;
  return [head, ...telling.map(fragmentationLine)].join('\n');
}

function fragmentationLine({ size, usableShare, runs }: SizeFragmentation): string {
  const which = `${count(runs)} free run${runs === 1 ? '' : 's'}`;
  const wanted = runs === 0 ? `${bytes(size)} or more` : `up to ${bytes(size)}`;
  return `${wanted.padStart(SIZE_WIDTH)}  ${bar(usableShare)} ${percent(usableShare).padStart(SHARE_WIDTH)} in ${which}`;
}

function bar(share: number): string {
  const eighths = Math.round(share * BAR_WIDTH * BAR_ENDS.length);
  const full = '█'.repeat(Math.floor(eighths / BAR_ENDS.length));
  return (full + BAR_ENDS[eighths % BAR_ENDS.length]).padEnd(BAR_WIDTH);
}
