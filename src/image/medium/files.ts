/**
 * Images in files.
 *
 *   save   a new file beside the old one ← bytes · fsync · close · rename over the old one · fsync of the folder
 *
 * The old file stays whole until the new one takes its place, in one step of the file system and with all its bytes on
 * the disk. A process that dies before leaves a file behind whose name says so; nobody reads it.
 */
import { AllocatorError } from '../../allocator-error.ts';
import { requireModule } from './platform.ts';
import type { ImageSource } from './source.ts';
import type { ImageTarget } from './target.ts';

/** What is asked of a file system; that of Node, or one that a test puts before it. */
export type FileSystem = Pick<
  typeof import('node:fs'),
  'openSync' | 'writeSync' | 'readSync' | 'fstatSync' | 'fsyncSync' | 'closeSync' | 'renameSync' | 'unlinkSync'
>;

const NEEDS_FILES = 'files need Node; elsewhere use `image()`, and give `load` the bytes';
/** An image holds what the memory held: nobody else may read it. */
const OWNER_ONLY = 0o600;

/** @throws AllocatorError `UNSUPPORTED` */
export function platformFiles(): FileSystem {
  return requireModule('fs', NEEDS_FILES);
}

/** A path as text. */
export function pathOf(file: string | URL): string {
  return typeof file === 'string' ? file : requireModule('url', NEEDS_FILES).fileURLToPath(file);
}

/** Replaces `file` by what `write` puts out, as a whole or not at all. */
export function replaceFile<R>(fs: FileSystem, file: string, write: (target: ImageTarget) => R): R {
  const unfinished = `${file}.${randomName()}.unfinished`;
  const result = writeAndClose(fs, unfinished, write);
  try {
    fs.renameSync(unfinished, file);
  } catch (error) {
    removeQuietly(fs, unfinished);
    throw error;
  }
  syncFolder(fs, requireModule('path', NEEDS_FILES).dirname(file));
  return result;
}

function randomName(): string {
  return crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
}

/** Makes a file, and removes it if anything goes wrong. */
function writeAndClose<R>(fs: FileSystem, file: string, write: (target: ImageTarget) => R): R {
  const descriptor = fs.openSync(file, 'wx', OWNER_ONLY);
  let isOpen = true;
  try {
    const result = write(new FileTarget(fs, descriptor));
    fs.fsyncSync(descriptor);
    isOpen = false;
    fs.closeSync(descriptor);
    return result;
  } catch (error) {
    if (isOpen) fs.closeSync(descriptor);
    removeQuietly(fs, file);
    throw error;
  }
}

/** What went wrong before is what matters. */
function removeQuietly(fs: FileSystem, file: string): void {
  try {
    fs.unlinkSync(file);
  } catch {
    // It stays, with a name that says what it is.
  }
}

/**
 * Makes the new name last. Windows cannot open folders, and needs no such thing; a file system that cannot flush a folder
 * says EINVAL, and there is nothing else that could be done.
 */
function syncFolder(fs: FileSystem, folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

class FileTarget implements ImageTarget {
  readonly #fs: FileSystem;
  readonly #descriptor: number;

  constructor(fs: FileSystem, descriptor: number) {
    this.#fs = fs;
    this.#descriptor = descriptor;
  }

  /** A file system may take less than it is given. */
  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      done += this.#fs.writeSync(this.#descriptor, bytes, done, bytes.length - done);
    }
  }
}

/** An image in a file. */
export class FileSource implements ImageSource {
  readonly byteLength: number;
  readonly #fs: FileSystem;
  readonly #descriptor: number;

  constructor(fs: FileSystem, file: string) {
    this.#fs = fs;
    this.#descriptor = fs.openSync(file, 'r');
    const stat = fs.fstatSync(this.#descriptor);
    this.byteLength = stat.size;
    if (stat.isFile()) return;
    fs.closeSync(this.#descriptor);
    throw new AllocatorError('LAYOUT_MISMATCH', `${file} is no file, so it is no image`);
  }

  read(target: Uint8Array, byteLength: number, position: number): number {
    for (let done = 0; ;) {
      const found = done < byteLength ? this.#readSome(target, done, byteLength - done, position + done) : 0;
      if (found === 0) return done;
      done += found;
    }
  }

  #readSome(target: Uint8Array, offset: number, byteLength: number, position: number): number {
    return this.#fs.readSync(this.#descriptor, target, offset, byteLength, position);
  }

  [Symbol.dispose](): void {
    this.#fs.closeSync(this.#descriptor);
  }
}
