/** What saving can be told. */
import { AllocatorError, shown } from '../allocator-error.ts';

/** Options of `save` and `image`. */
export interface ImageOptions {
  /** Deflates the image, by the platform's zlib; default false. */
  compress?: boolean;
}

export interface CheckedImageOptions {
  readonly compress: boolean;
}

/** @throws AllocatorError `BAD_OPTION` */
export function checkedImageOptions(options: ImageOptions = {}): CheckedImageOptions {
  if (typeof options !== 'object' || options === null)
    throw new AllocatorError('BAD_OPTION', `options must be an object, got ${shown(options)}`);
  const unknown = Object.keys(options).find((key) => key !== 'compress');
  if (unknown !== undefined)
    throw new AllocatorError('BAD_OPTION', `there is no option ${shown(unknown)}; known is compress`);
  const { compress = false } = options;
  if (typeof compress === 'boolean') return { compress };
  throw new AllocatorError('BAD_OPTION', `option compress must be true or false, got ${shown(compress)}`);
}

/** @throws AllocatorError `BAD_OPTION` for what names no file */
export function checkedFile(file: string | URL): string | URL {
  if ((typeof file === 'string' && file !== '') || file instanceof URL) return file;
  throw new AllocatorError('BAD_OPTION', `a file is named by a string or a URL, not by ${shown(file)}`);
}
