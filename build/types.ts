/**
 * The types of the package: of all declarations that the compiler wrote, those that users' programs can reach from an
 * entry.
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

const IMPORT = /(?:\bfrom\s|\bimport\(|\bimport\s)\s*'(\.{1,2}\/[^']+)'/g;

/**
 * @param from - the folder with the declarations of `src`
 * @param to - a folder as deep as that, so that the maps' paths to the sources hold
 * @param entries - names of declarations in `from`
 * @returns the declarations that were copied, as they are named in `from`
 */
export async function copyTypes(from: string, to: string, entries: readonly string[]): Promise<string[]> {
  const reached = new Set(entries.map((entry) => resolve(from, entry)));
  for (const file of reached) {
    const text = await readFile(file, 'utf8');
    for (const [, path = ''] of text.matchAll(IMPORT)) reached.add(declarationOf(resolve(dirname(file), path)));
    const copy = join(to, relative(from, file));
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(file, copy);
    await copyFile(`${file}.map`, `${copy}.map`);
  }
  return [...reached].map((file) => relative(from, file));
}

/** What the compiler made of a module that a declaration imports. */
function declarationOf(path: string): string {
  return path.replace(/\.[jt]s$/, '.d.ts');
}
