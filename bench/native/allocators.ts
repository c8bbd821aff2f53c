/**
 * Native allocators to compare with: the C library's own, and those that are installed as shared libraries, which take
 * its place by LD_PRELOAD. On Debian they come from libmimalloc2.0, libjemalloc2 and libtcmalloc-minimal4.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** An allocator and how to get it. */
export interface NativeAllocator {
  readonly name: string;
  /** The library to preload; undefined for the C library's own allocator. */
  readonly library: string | undefined;
}

const LIBRARIES: readonly (readonly [name: string, file: RegExp])[] = [
  ['mimalloc', /^libmimalloc\.so\.2(\.\d+)*$/u],
  ['jemalloc', /^libjemalloc\.so\.2$/u],
  ['tcmalloc', /^libtcmalloc_minimal\.so\.4$/u],
];

const FOLDERS: readonly string[] = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/lib', '/lib64'];

/** Those that are here, and the names of those that are not. */
export function findAllocators(): { readonly found: readonly NativeAllocator[]; readonly missing: readonly string[] } {
  const folders = [...FOLDERS, ...FOLDERS.flatMap(multiarchFolders)];
  const libraries = LIBRARIES.map(([name, file]) => ({ name, library: firstMatch(folders, file) }));
  const found = libraries.filter(({ library }) => library !== undefined);
  const missing = libraries.filter(({ library }) => library === undefined).map(({ name }) => name);
  return { found: [{ name: 'glibc', library: undefined }, ...found], missing };
}

/** The environment in which a program gets that allocator. */
export function environmentFor({ library }: NativeAllocator): NodeJS.ProcessEnv {
  return { ...process.env, LD_PRELOAD: library ?? '' };
}

/** Debian keeps the libraries of each architecture in a folder such as x86_64-linux-gnu. */
function multiarchFolders(folder: string): string[] {
  return filesOf(folder)
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(folder, name));
}

function firstMatch(folders: string[], file: RegExp): string | undefined {
  for (const folder of folders) {
    const name = filesOf(folder).find((candidate) => file.test(candidate));
    if (name !== undefined) return join(folder, name);
  }
  return undefined;
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
