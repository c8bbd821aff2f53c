/** What the package holds, and what it brings along. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../build/bundle.ts';
import manifest from '../../package.json' with { type: 'json' };
import { InstalledPackage } from '../support/installed-package.ts';
import { brokenLinks } from './links.ts';

/** A third of it is for people: sources that maps lead to, pages, a picture. */
const SIZE_LIMIT = 1_200_000;
const PATIENCE_MS = 180_000;
const tool = (name: string) => join(ROOT, 'node_modules/.bin', name);

let installed: InstalledPackage;
/** Paths of all its files. */
let files: string[];

beforeAll(async () => {
  installed = await InstalledPackage.make();
  files = readdirSync(installed.files, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(installed.files, name)).isFile(),
  );
}, PATIENCE_MS);
afterAll(() => installed.remove());

const read = (name: string) => readFileSync(join(installed.files, name), 'utf8');
const endingWith = (...ends: string[]) => files.filter((name) => ends.some((end) => name.endsWith(end)));

describe('an installation', { timeout: PATIENCE_MS }, () => {
  it('brings one package, without a network', async () => {
    expect(readdirSync(join(installed.project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      manifest.name,
    ]);
    const { dependencies } = JSON.parse(await installed.run('npm', 'ls', '--all', '--omit=dev', '--json')) as {
      dependencies: Record<string, object>;
    };
    expect(Object.keys(dependencies)).toEqual([manifest.name]);
    // What is not installed is listed without a version.
    const { dependencies: absent = {} } = dependencies[manifest.name] as { dependencies?: Record<string, object> };
    expect(Object.values(absent).filter((each) => 'version' in each)).toEqual([]);
  });

  it('leaves out everything that a heap does not need', () => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      read('package.json'),
    ) as Record<string, Record<string, { optional?: boolean }> | undefined>;
    expect({ dependencies, optionalDependencies }).toEqual({});
    for (const name of Object.keys(peerDependencies!)) expect(peerDependenciesMeta![name]).toEqual({ optional: true });
  });

  it('has the command', async () => {
    const command = join(installed.project, 'node_modules/.bin/threadheap');
    expect(await installed.run(command, '--version')).toBe(`${manifest.version}\n`);
    const verdict = await installed.run(command, 'stress', '--workload', 'larson', '--seconds', '5', '--threads', '2');
    expect(verdict).toContain('every byte was as it was written');
    expect(verdict).toMatch(/^larson /m);
  });

  it.for([
    ['a trace', ['--trace', 'x.trace.gz'], 'piscina', 'npm install piscina'],
    ['a report', ['--report', 'x.html'], '@observablehq/plot', 'npm install @observablehq/plot linkedom'],
  ] as const)('says in one line how to get what %s needs', async ([, flags, missing, remedy], { skip }) => {
    const above = installed.lookedThrough(missing);
    skip(above !== undefined, `${above} has ${missing}, where Node looks too`);
    const command = join(installed.project, 'node_modules/.bin/threadheap');
    const { code, stderr } = await installed.outcome(command, 'stress', ...flags);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`${missing} is not installed here: ${remedy}`);
  });

  it('finds a bug with the explorer', async () => {
    await installed.write(
      'counter.scenario.mjs',
      `import { defineScenario } from 'threadheap/explore';
       export default defineScenario({
         threads: 2,
         bytes: 64,
         thread(index, buffer) {
           const words = new Int32Array(buffer);
           const count = Atomics.load(words, 0);
           Atomics.store(words, 0, count + 1);
         },
         check(buffer) {
           if (new Int32Array(buffer)[0] !== 2) throw new Error('an increment was lost');
         },
       });`,
    );
    const program = `import { explore, formatResult } from 'threadheap/explore';
      console.log(formatResult(await explore(new URL('counter.scenario.mjs', 'file://${installed.project}/'))));`;
    const report = await installed.node('--input-type=module', '--eval', program);
    expect(report).toContain('an increment was lost');
    expect(report).toContain('counter.scenario.mjs:7:34');
    expect(report).not.toContain(manifest.name + '/');
  });
});

describe('the tarball', { timeout: PATIENCE_MS }, () => {
  it(`has less than ${SIZE_LIMIT} bytes, and no trace`, () => {
    expect(statSync(installed.tarball).size).toBeLessThan(SIZE_LIMIT);
    expect(endingWith('.gz')).toEqual([]);
  });

  it('follows the rules for packages', async () => {
    await installed.run(tool('publint'), installed.tarball, '--strict');
  });

  it('has types wherever modules are imported', async () => {
    await installed.run(tool('attw'), installed.tarball, '--profile', 'esm-only');
  });

  it('has what its pages link to', () => {
    const pages = endingWith('.md');
    expect(pages).toContain('README.md');
    expect(pages.flatMap((page) => brokenLinks(installed.files, page))).toEqual([]);
  });

  it('maps its code and its types to sources that it has', () => {
    const maps = endingWith('.map');
    expect(maps).toContain('dist/index.js.map');
    expect(maps).toContain('dist/types/index.d.ts.map');
    for (const file of endingWith('.js', '.d.ts')) {
      if (file.startsWith('dist/')) expect(maps, file).toContain(`${file}.map`);
    }
    expect(maps.flatMap(lostSources)).toEqual([]);
  });

  it('keeps the licences of what was bundled', () => {
    const licences = read('dist/licences.txt');
    for (const name of ['commander', 'cli-progress', 'picocolors', 'string-width']) {
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
    expect(licences).not.toContain('node_modules');
  });
});

/** Sources of a map that the package does not have, but for code of others, which debuggers pass over. */
function lostSources(map: string): string[] {
  const { sources, ignoreList = [] } = JSON.parse(read(map)) as { sources: string[]; ignoreList?: number[] };
  const known = new Set(files);
  return sources
    .filter((_, index) => !ignoreList.includes(index))
    .map((source) => relative(installed.files, resolve(installed.files, dirname(map), source)))
    .filter((source) => !known.has(source))
    .map((source) => `${map}: ${source}`);
}

describe('the first example of the README', { timeout: PATIENCE_MS }, () => {
  it('runs, and has at most 15 lines', async () => {
    const [, example = ''] = /```ts\n(.*?)```/s.exec(read('README.md')) ?? [];
    expect(
      example
        .trimEnd()
        .split('\n')
        .filter((line) => !line.startsWith('//')).length,
    ).toBeLessThanOrEqual(15);
    const { code } = await transform(example, { loader: 'ts' });
    await installed.write('readme.js', code);
    expect(await installed.node('readme.js')).toBe('Hello from main\n');
  });
});
