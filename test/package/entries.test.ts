/** What an import loads: one file for the core, and the same one for whatever else is loaded. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { CORE, ENTRIES } from '../../build/entries.ts';
import manifest from '../../package.json' with { type: 'json' };
import { InstalledPackage } from '../support/installed-package.ts';

const PATIENCE_MS = 120_000;
/** As much as is parsed in a few milliseconds; `npm run import-cost` says in how many. */
const CORE_BYTES_LIMIT = 225_000;
/** Prints the modules that a program loads. */
const HOOK = `
export async function load(url, context, next) {
  if (url.startsWith('file:')) process._rawDebug(url);
  return next(url, context);
}`;

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await InstalledPackage.make();
  await installed.write('hook.mjs', HOOK);
  await installed.write(
    'register.mjs',
    `import { register } from 'node:module'; register('./hook.mjs', import.meta.url);`,
  );
}, PATIENCE_MS);
afterAll(() => installed.remove());

/** Files that are loaded by a program. */
async function filesLoadedBy(program: string): Promise<string[]> {
  const file = await installed.write('program.mjs', program);
  const { stderr } = await installed.outcome(process.execPath, '--import', './register.mjs', file);
  const urls = stderr.split('\n').filter((line) => line.startsWith('file:'));
  return urls.map((url) => fileURLToPath(url)).filter((path) => path.startsWith(installed.files));
}

describe('the package', { timeout: PATIENCE_MS }, () => {
  it('has one file for each of its entries', () => {
    const names = readdirSync(join(installed.files, 'dist')).filter((name) => name.endsWith('.js'));
    expect(names.toSorted()).toEqual([CORE, ...ENTRIES].map(({ name }) => `${name}.js`).toSorted());
    const published = Object.values(manifest.exports).flatMap((each) =>
      typeof each === 'string' ? [] : [each.default],
    );
    for (const path of published) expect(names).toContain(basename(path));
  });

  it(`loads one file of at most ${CORE_BYTES_LIMIT} bytes for the core`, async () => {
    const loaded = await filesLoadedBy(`import 'threadheap';`);
    expect(loaded.map((path) => basename(path))).toEqual(['index.js']);
    expect(statSync(loaded[0]).size).toBeLessThan(CORE_BYTES_LIMIT);
  });

  it.each(['data', 'inspect', 'explore'])('loads at most the core beside the one file of %s', async (name) => {
    const loaded = await filesLoadedBy(`import 'threadheap/${name}';`);
    expect(loaded.map((path) => basename(path)).filter((each) => each !== 'index.js')).toEqual([`${name}.js`]);
  });

  it('has the registry of attached heaps in the core alone', () => {
    const holders = [CORE, ...ENTRIES].filter(({ name }) =>
      /new WeakRef\(|class MemoryManager/.test(readFileSync(join(installed.files, 'dist', `${name}.js`), 'utf8')),
    );
    expect(holders).toEqual([CORE]);
  });

  it('knows in one entry the heaps that were attached through another', async () => {
    const second = { name: 'second-entry', source: 'test/package/second-entry.ts' };
    const folder = join(installed.project, 'dist');
    await bundle(folder, [...ENTRIES, second]);
    const program = await installed.write(
      'registry.mjs',
      `import { MemoryManager } from './dist/index.js';
       import { managersOf } from './dist/second-entry.js';
       const heap = new MemoryManager(65536);
       // A handle that was posted holds another buffer object.
       const { handle } = structuredClone({ handle: heap.handle });
       console.log(...managersOf(handle).map((found) => found === heap), heap.stats().threads);`,
    );
    expect(await installed.node(program)).toBe('true true 1\n');
  });

  it('loads one core for all entries together', async () => {
    const loaded = await filesLoadedBy(
      `import 'threadheap';
       import 'threadheap/inspect';
       import 'threadheap/explore';
       import './node_modules/threadheap/dist/replay-worker.js';
       process.argv.push('--version');
       await import('./node_modules/threadheap/dist/cli.js');`,
    );
    const names = loaded.map((path) => basename(path));
    expect(names.toSorted()).toEqual(['cli.js', 'explore.js', 'index.js', 'inspect.js', 'replay-worker.js']);
  });
});
