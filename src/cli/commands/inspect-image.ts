/**
 * `threadheap inspect FILE [FILE]`: images of heaps. One is shown as it was found, then repaired, as `load` repairs it;
 * two are compared: what grew.
 */
import { FileSource, platformFiles } from '../../image/medium/files.ts';
import { findingsIn, type ImageFindings } from '../../image/findings.ts';
import { growthBetween } from '../../image/growth.ts';
import { AllocatorError, MemoryManager, type FitStrategy, type HeapStats } from '../../index.ts';
import { builtInFit } from '../../fit/fit.ts';
import { fragmentationBySize } from '../../inspect/fragmentation.ts';
import { BAND_NAMES, heapCells, type InspectableHeap } from '../../inspect/heap-cells.ts';
import { heapMap } from '../../inspect/heap-map.ts';
import { HeapSnapshot } from '../../inspect/heap-snapshot.ts';
import { fragmentationTable, heapTable } from '../../inspect/heap-table.ts';
import { writeJson, type JsonTarget } from '../files/json-output.ts';
import { foundJson, foundText, growthText, ownersTable, sizesTable, titleOf } from '../terminal/image-text.ts';
import { colours, columnsOf } from '../terminal/terminal.ts';
import { UsageError } from '../files/usage-error.ts';

/** In JSON. */
const MOST_CELLS = 1024;

/** Shows one image, or compares two. @throws UsageError */
export function inspectImages(files: readonly string[], json: JsonTarget): void {
  if (files.length > 2) throw new UsageError(`one image can be shown and two be compared, not ${files.length}`);
  const [before, after] = files;
  if (after === undefined) show(before, json);
  else compare(before, after, json);
}

function show(file: string, json: JsonTarget): void {
  const findings = findingsOf(file);
  const heap = repaired(file, findings);
  if (!writeJson(foundIn(file, findings, heap), json)) process.stdout.write(pictureOf(file, findings, heap));
}

function findingsOf(file: string): ImageFindings {
  return reading(file, () => {
    const source = new FileSource(platformFiles(), file);
    try {
      return findingsIn(source);
    } finally {
      source[Symbol.dispose]();
    }
  });
}

/** What the user named is what went wrong: a file that is missing or damaged gets one line. */
function reading<R>(file: string, read: () => R): R {
  try {
    return read();
  } catch (error) {
    if (error instanceof AllocatorError || (error as NodeJS.ErrnoException).code !== undefined) {
      throw new UsageError(`${file}: ${(error as Error).message}`);
    }
    throw error;
  }
}

/** The heap as loading makes it, with the numbers that only the one that was saved can know. */
function repaired(file: string, { head, found }: ImageFindings): InspectableHeap {
  return reading(file, () => {
    const heap = MemoryManager.load(file, { fits: standIns(head.fitName) });
    heap.check();
    const stats: HeapStats = {
      ...heap.stats(),
      peakUsedBytes: found.peakUsedUnits * head.unitBytes,
      threads: found.threads.length,
      lockWaits: found.lockWaits,
      lockSeizures: found.lockSeizures,
    };
    const snapshot = new HeapSnapshot({
      stats: () => stats,
      blocks: () => heap.blocks(),
      freeRuns: () => heap.freeRuns(),
    });
    heap.detach();
    return snapshot;
  });
}

/** A strategy of the user's is not in the image; to look at the heap none is needed. */
function standIns(name: string): FitStrategy[] {
  return builtInFit(name) === undefined ? [{ name, choose: () => undefined }] : [];
}

function pictureOf(file: string, findings: ImageFindings, heap: InspectableHeap): string {
  const width = columnsOf(process.stdout);
  const parts = [
    colours.bold(titleOf(file, findings)),
    `${colours.bold('as found')}\n${foundText(findings)}`,
    colours.bold('repaired'),
    heapMap(heap, { width, colour: colours.isColorSupported }),
    heapTable(heap),
    fragmentationTable(heap),
    `${colours.bold('live blocks by size')}\n${sizesTable(findings)}`,
    `${colours.bold('live blocks by owner of their slab')}\n${ownersTable(findings)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** As JSON. */
function foundIn(file: string, findings: ImageFindings, heap: InspectableHeap): object {
  const { sizes, owners, blocks, bytes } = findings;
  const { cells, cellBytes } = heapCells(heap, MOST_CELLS);
  return {
    file,
    ...foundJson(findings),
    stats: heap.stats(),
    live: { blocks, bytes, sizes, owners },
    fragmentation: fragmentationBySize(heap),
    map: { cellBytes, bands: BAND_NAMES, cells },
  };
}

function compare(before: string, after: string, json: JsonTarget): void {
  const [old, now] = [findingsOf(before), findingsOf(after)];
  const growth = growthBetween(old, now);
  const sides = { before: { file: before, ...liveOf(old) }, after: { file: after, ...liveOf(now) } };
  if (writeJson({ ...sides, growth }, json)) return;
  process.stdout.write(`${growthText({ file: before, ...old }, { file: after, ...now }, growth)}\n`);
}

const liveOf = ({ blocks, bytes }: ImageFindings) => ({ blocks, bytes });
