/** Errors about images. */
import { AllocatorError } from '../../allocator-error.ts';

/** What is stored contradicts itself; `where` is a place in the image. */
export function damaged(where: string, what: string): AllocatorError {
  return new AllocatorError('CORRUPTED', `the image is damaged: ${where}: ${what}; use another copy of it`);
}

/** This is no image, or none that this library reads. */
export function unreadable(what: string): AllocatorError {
  return new AllocatorError('LAYOUT_MISMATCH', what);
}
