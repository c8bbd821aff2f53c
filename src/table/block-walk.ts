/**
 * Steps from head to head over the block map, as every walk under the lock takes them. A step always leads on, whatever
 * stands in the map: a word that cannot be a head there means that foreign hands wrote it, and is CORRUPTED.
 */
import { AllocatorError } from '../allocator-error.ts';
import { SLAB_UNIT_BYTES } from '../layout/regions.ts';
import { isSlab, unitsOf } from './block-map.ts';
import type { TableWords } from './table-words.ts';

/**
 * Units under management, at least one and no more than the buffer holds.
 *
 * @throws AllocatorError `CORRUPTED`
 */
export function managedUnits({ layout, unitCount }: TableWords): number {
  const { buffer, base, unitLimit } = layout;
  const isPossible = unitCount >= 1 && unitCount <= unitLimit;
  if (isPossible && base + layout.bytesOf(unitCount) <= buffer.byteLength) return unitCount;
  throw corrupted(`${unitCount} units are said to be under management, of at most ${unitLimit} in the buffer`);
}

/**
 * The head that follows the one at `head`, or `unitCount` after the last.
 *
 * @throws AllocatorError `CORRUPTED`
 */
export function headAfter({ layout, map }: TableWords, head: number, unitCount: number): number {
  const word = map.at(head);
  const units = unitsOf(word);
  const isPossible = units >= 1 && units <= unitCount - head && (!isSlab(word) || layout.unitBytes === SLAB_UNIT_BYTES);
  if (isPossible) return head + units;
  const what = isSlab(word) ? `a slab of ${units} units` : `${units} units`;
  throw corrupted(`the word ${word} stands for ${what} at unit ${head} of ${unitCount}`);
}

function corrupted(what: string): AllocatorError {
  return new AllocatorError('CORRUPTED', `the heap is inconsistent: ${what}`);
}
