/**
 * Two images of one heap, or of two: what lives in the second that did not live in the first.
 */
import type { ImageFindings, LiveSize } from './findings.ts';
import { visit, visitUsed, type Structure } from './structure.ts';

/** How the live blocks of one usable size changed. */
export interface SizeGrowth {
  readonly size: number;
  readonly kind: LiveSize['kind'];
  readonly blocks: number;
  readonly bytes: number;
}

export interface ImageGrowth {
  /** Whether both are of the same heap; else addresses say nothing of each other. */
  readonly isSameHeap: boolean;
  readonly blocks: number;
  readonly bytes: number;
  /** What grew most comes first, what shrank most last; sizes that did not change are left out. */
  readonly sizes: readonly SizeGrowth[];
  /** Blocks that are in both at the same address with the same size, and those in one alone. */
  readonly kept: number;
  readonly appeared: number;
  readonly vanished: number;
}

export function growthBetween(before: ImageFindings, after: ImageFindings): ImageGrowth {
  const kept = countKept(liveBlocks(before.structure), liveBlocks(after.structure));
  return {
    isSameHeap: before.head.heapId === after.head.heapId,
    blocks: after.blocks - before.blocks,
    bytes: after.bytes - before.bytes,
    sizes: sizeGrowth(before.sizes, after.sizes),
    kept,
    appeared: after.blocks - kept,
    vanished: before.blocks - kept,
  };
}

const keyOf = ({ kind, size }: LiveSize) => `${kind} ${size}`;

function sizeGrowth(before: readonly LiveSize[], after: readonly LiveSize[]): SizeGrowth[] {
  const rows = new Map(after.map((row) => [keyOf(row), row]));
  for (const row of before) {
    const { blocks = 0, bytes = 0 } = rows.get(keyOf(row)) ?? {};
    rows.set(keyOf(row), { ...row, blocks: blocks - row.blocks, bytes: bytes - row.bytes });
  }
  return [...rows.values()]
    .filter(({ blocks }) => blocks !== 0)
    .toSorted((one, other) => other.bytes - one.bytes || other.blocks - one.blocks);
}

/** Live blocks in address order: addresses and sizes, without an object for each. */
interface LiveBlocks {
  readonly addresses: readonly number[];
  readonly sizes: readonly number[];
}

function liveBlocks(structure: Structure): LiveBlocks {
  const addresses: number[] = [];
  const sizes: number[] = [];
  const add = (address: number, size: number): void => {
    addresses.push(address);
    sizes.push(size);
  };
  visit(structure, {
    block: (_start, unitCount, address) => add(address, unitCount * structure.unitBytes),
    slab: (slab) =>
      visitUsed(structure, slab, (first, count) => {
        for (let slot = first; slot < first + count; slot++) add(slab.address + slot * slab.slotBytes, slab.slotBytes);
      }),
  });
  return { addresses, sizes };
}

function countKept(before: LiveBlocks, after: LiveBlocks): number {
  let kept = 0;
  for (let old = 0, index = 0; old < before.addresses.length && index < after.addresses.length;) {
    const difference = before.addresses[old] - after.addresses[index];
    if (difference === 0 && before.sizes[old] === after.sizes[index]) kept++;
    if (difference <= 0) old++;
    if (difference >= 0) index++;
  }
  return kept;
}
