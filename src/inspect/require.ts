/** What `check` says when something does not hold. */
import { AllocatorError } from '../allocator-error.ts';

/** @throws AllocatorError `CORRUPTED` unless `holds` */
export function require(holds: boolean, violation: string): asserts holds {
  if (!holds) throw new AllocatorError('CORRUPTED', `the heap is inconsistent: ${violation}`);
}
