/** The file system of Node with an eye on every call to it. */
import fs from 'node:fs';
import type { FileSystem } from '../../src/image/medium/files.ts';

export interface WatchedFiles {
  readonly fs: FileSystem;
  /** Names of the calls so far. */
  readonly calls: readonly (keyof FileSystem)[];
}

/** `before` is told the number of each call, from 1 on, and may throw, or change its arguments by returning others. */
export function watchedFiles(
  before: (number: number, name: keyof FileSystem, args: unknown[]) => unknown[] | void,
): WatchedFiles {
  const calls: (keyof FileSystem)[] = [];
  const watched = new Proxy(fs, {
    get: (target, name) => {
      const key = name as keyof FileSystem;
      return (...args: unknown[]) => {
        calls.push(key);
        const changed = before(calls.length, key, args) ?? args;
        return (target[key] as (...all: unknown[]) => unknown)(...changed);
      };
    },
  });
  return { fs: watched, calls };
}
