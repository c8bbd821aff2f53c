/**
 * The import graph of the sources, read with the compiler's own idea of an import as far as syntax goes: runtime
 * imports are the ones that are neither `import type` nor erased because all their names are `type`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Lowest first. A file may import from its own layer and from those before it. */
const LAYERS = [
  ['allocator-error', 'memory-manager-interface', 'quantity', 'sum', 'xorshift'],
  ['layout'],
  ['sync'],
  ['web-locks'],
  ['table', 'fit'],
  ['slab'],
  ['heap'],
  ['roots'],
  ['inspect'],
  ['debug'],
  ['image'],
  ['memory-manager'],
  ['index'],
  ['data'],
  ['stress', 'explore'],
  ['report'],
  ['cli'],
];

/** Parts whose types still refer to each other, and parts whose folders do. */
const HAS_CIRCLES_OF_TYPES: ReadonlySet<string> = new Set([]);
const HAS_CIRCLES_OF_ROOMS: ReadonlySet<string> = new Set([]);

/** Rooms of a layer, lowest first. A file in one may import from its own room and from those before it. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  explore: ['engine', 'trace', 'buffers', 'patches', 'ports', 'search', 'host', 'outcome', ''],
};

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly isRuntime: boolean;
}

const IMPORT =
  /^(?:import|export)\s(?:(?<clause>[^'";]*?)\sfrom\s)?\s*['"](?<specifier>[^'"]+)['"]|\bimport\(\s*['"](?<dynamic>[^'"]+)['"]\s*\)/gmu;

function importsOf(file: string): Import[] {
  const source = readFileSync(resolve(SRC, file), 'utf8').replaceAll(/\/\*.*?\*\//gsu, '');
  return [...source.matchAll(IMPORT)].map(({ groups, index }) => {
    const { clause = '', specifier, dynamic } = groups as { clause?: string; specifier?: string; dynamic?: string };
    const isTypeQuery = dynamic !== undefined && /typeof\s+$/u.test(source.slice(0, index));
    return { from: file, specifier: (specifier ?? dynamic)!, isRuntime: !isTypeQuery && !isTypeOnly(clause) };
  });
}

/** `type X` and `{ type A, type B }`; a clause with names in braces of which one is a value is none. */
function isTypeOnly(clause: string): boolean {
  if (/^type\b/u.test(clause)) return true;
  const braces = /^\{(?<names>[^}]*)\}$/u.exec(clause.trim())?.groups?.['names'];
  const names = braces?.split(',').map((name) => name.trim());
  return names?.every((name) => name === '' || name.startsWith('type ')) ?? false;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap(importsOf);

const isRelative = ({ specifier }: Import) => specifier.startsWith('.');
const targetOf = ({ from, specifier }: Import) => relative(SRC, resolve(SRC, dirname(from), specifier));
const partOf = (file: string) => file.split('/')[0].replace(/\.ts$/u, '');
const layerOf = (file: string) => LAYERS.findIndex((parts) => parts.includes(partOf(file)));
const shownImport = (found: Import) => `${found.from} imports ${found.specifier}`;

/** The folder of a file inside its layer, empty for none. */
const roomOf = (file: string) => file.split('/').slice(1, -1).join('/');

/** Files that run when `entry` is imported. */
function filesReachedFrom(entry: string): Set<string> {
  const reached = new Set([entry]);
  for (const file of reached) {
    for (const found of imports) {
      if (found.from === file && found.isRuntime && isRelative(found)) reached.add(targetOf(found));
    }
  }
  return reached;
}

describe('the sources', () => {
  test('belong to a layer each', () => {
    expect(files.filter((file) => layerOf(file) < 0)).toEqual([]);
    expect(files.length).toBeGreaterThan(20);
  });

  test('import downwards only', () => {
    const upward = imports.filter(isRelative).filter((found) => layerOf(targetOf(found)) > layerOf(found.from));
    expect(upward.map(shownImport)).toEqual([]);
  });

  test('import files that exist, inside src', () => {
    const lost = imports.filter(isRelative).filter((found) => !files.includes(targetOf(found)));
    expect(lost.map(shownImport)).toEqual([]);
  });

  test('keep what is at the bottom free of imports from other parts', () => {
    const bottom = imports.filter(({ from }) => layerOf(from) === 0);
    expect(bottom.map(shownImport)).toEqual([]);
  });

  test('have no circle of imports, types included', () => {
    expect(circlesIn(files, (file) => imports.filter((found) => found.from === file && counts(found)))).toEqual([]);
  });

  test('keep at most about fifteen files in a folder', () => {
    const crowded = [...new Set(files.map(dirname))].filter((room) => files.filter(isIn(room)).length > 16);
    expect(crowded).toEqual([]);
  });

  test('have no circle of folders inside a part', () => {
    const rooms = [...new Set(files.map(dirname))].filter((room) => room !== '.');
    const circles = circlesIn(rooms, importsOfRoom, (found) => dirname(targetOf(found)));
    expect(circles.filter((circle) => !HAS_CIRCLES_OF_ROOMS.has(partOf(circle)))).toEqual([]);
  });

  test.each(Object.entries(ROOMS))('import downwards only among the rooms of %s', (part, rooms) => {
    const own = files.filter((file) => partOf(file) === part);
    expect(own.filter((file) => !rooms.includes(roomOf(file)))).toEqual([]);
    const inside = imports.filter(
      (found) => isRelative(found) && own.includes(found.from) && own.includes(targetOf(found)),
    );
    const upward = inside.filter((found) => rooms.indexOf(roomOf(targetOf(found))) > rooms.indexOf(roomOf(found.from)));
    expect(upward.map(shownImport)).toEqual([]);
  });
});

const counts = (found: Import) => found.isRuntime || !HAS_CIRCLES_OF_TYPES.has(partOf(found.from));
const inPart = (found: Import) => partOf(found.from) === partOf(targetOf(found));
const isIn = (room: string) => (file: string) => dirname(file) === room;
const importsOfRoom = (room: string) => imports.filter((found) => isIn(room)(found.from) && inPart(found));

/** Ways from a node back to itself; an import leads to the node that `nodeOf` names. */
function circlesIn(
  nodes: readonly string[],
  importsOfNode: (node: string) => readonly Import[],
  nodeOf: (found: Import) => string = targetOf,
): string[] {
  const finished = new Set<string>();
  const circles: string[] = [];
  const visit = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) circles.push([...path.slice(path.indexOf(node)), node].join(' → '));
    if (path.includes(node) || finished.has(node)) return;
    const next = importsOfNode(node).filter(isRelative).map(nodeOf);
    for (const to of new Set(next)) if (to !== node || nodeOf === targetOf) visit(to, [...path, node]);
    finished.add(node);
  };
  for (const node of nodes) visit(node, []);
  return circles;
}

describe('the core', () => {
  const core = filesReachedFrom('index.ts');

  test('holds the facade and the layers below it, and no command or harness', () => {
    for (const part of [
      'allocator-error',
      'layout',
      'sync',
      'table',
      'fit',
      'slab',
      'heap',
      'inspect',
      'memory-manager',
    ]) {
      expect([...core].map(partOf)).toContain(part);
    }
    const above = layerOf('stress/x.ts');
    expect([...core].filter((file) => layerOf(file) >= above)).toEqual([]);
  });

  test('imports nothing outside src, and no node: module statically', () => {
    expect(foreignImportsOf(core)).toEqual([]);
  });

  test('can be looked at by what runs as far as the core does', () => {
    expect(foreignImportsOf(filesReachedFrom('inspect/index.ts'))).toEqual([]);
  });
});

function foreignImportsOf(part: Set<string>): string[] {
  return imports.filter((found) => part.has(found.from) && found.isRuntime && !isRelative(found)).map(shownImport);
}

function specifiersIn(line: string): (string | undefined)[] {
  return [...line.matchAll(IMPORT)].map(({ groups }) => groups!['specifier'] ?? groups!['dynamic']);
}

describe('the reader of imports', () => {
  test.each([
    `import fs from 'node:fs';`,
    `import 'node:fs';`,
    `import { a,\n  b } from 'node:fs';`,
    `import * as fs from "node:fs";`,
    `export * from 'node:fs';`,
    `const fs = await import('node:fs');`,
  ])('sees %j', (line) => expect(specifiersIn(line)).toEqual(['node:fs']));

  test('tells types from values', () => {
    expect(isTypeOnly('type { A }')).toBe(true);
    expect(isTypeOnly('{ type A, type B }')).toBe(true);
    expect(isTypeOnly('{ type A, b }')).toBe(false);
    expect(isTypeOnly('fs')).toBe(false);
    expect(isTypeOnly('')).toBe(false);
  });
});
