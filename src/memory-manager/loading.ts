/**
 * Heaps out of images: where an image comes from, and the new heap that it is loaded into.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import type { FitName } from '../fit/fit.ts';
import { FileSource, pathOf, platformFiles } from '../image/medium/files.ts';
import type { ImageHead } from '../image/head.ts';
import { loadImage } from '../image/load.ts';
import { checkedFile } from '../image/options.ts';
import { MemorySource, type ImageSource } from '../image/medium/source.ts';
import type { Membership } from '../heap/membership.ts';
import { createMember } from './members.ts';
import type { CheckedAttachOptions } from './options.ts';

/** A new heap with what the image holds, and this thread attached to it. */
export function loadMember(from: string | URL | ArrayBuffer | Uint8Array, options: CheckedAttachOptions): Membership {
  const source = sourceOf(from);
  try {
    return loadImage(source, (head) => createLike(head, options));
  } finally {
    source[Symbol.dispose]();
  }
}

function sourceOf(from: string | URL | ArrayBuffer | Uint8Array): ImageSource {
  if (typeof from === 'string' || from instanceof URL)
    return new FileSource(platformFiles(), pathOf(checkedFile(from)));
  if (from instanceof ArrayBuffer) return new MemorySource(new Uint8Array(from));
  if (ArrayBuffer.isView(from)) return new MemorySource(new Uint8Array(from.buffer, from.byteOffset, from.byteLength));
  throw new AllocatorError(
    'BAD_OPTION',
    `an image is named by a string or a URL, or given as bytes, not as ${shown(from)}`,
  );
}

/**
 * A heap made as the one that was saved was made, with no quarantine, since an image does not say what was in it. A
 * strategy of the user is not in the image, only its name.
 */
function createLike(head: ImageHead, { fits, liveness }: CheckedAttachOptions): Membership {
  const fit = fits.find(({ name }) => name === head.fitName) ?? (head.fitName as FitName);
  return createMember({ ...head, fit, liveness, quarantine: 0 });
}
