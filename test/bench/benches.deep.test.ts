/** Every benchmark still runs: each in its quick form, compiled as for `npm run bench`, but beside the build at hand. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** What the benchmarks look for outside of what is compiled. */
const FOLDERS = ['node_modules', 'bench', 'examples'];
const BENCHES = [
  'table',
  'peers',
  'native',
  'threads',
  'lock',
  'memory',
  'recovery',
  'image',
  'walks',
  'attach',
  'copies',
  'structs',
  'uses',
];
/** Has no quick form: it repeats what the explorer's own tests do, more often. */
const EXEMPT = ['explore'];
const PATIENCE_MS = 120_000;

let folder: string;

/** Resolves to what the command printed; rejects if it fails. */
async function run(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root });
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadheap-bench-'));
  for (const name of FOLDERS) await symlink(join(root, name), join(folder, name));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist'));
}, PATIENCE_MS);

afterAll(() => rm(folder, { recursive: true }));

it('are all tried here, save the exempt', async () => {
  const help = await run(join(folder, 'dist/bench/main.js'), '--help');
  const listed = [...help.matchAll(/^ {2}(\w+) \[options\]/gmu)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual([...BENCHES, ...EXEMPT].toSorted());
});

it.each(BENCHES)('%s measures all that it is to measure', { timeout: PATIENCE_MS }, async (name) => {
  const file = join(folder, `${name}.json`);
  const printed = await run(join(folder, 'dist/bench/main.js'), name, '--quick', '--json', file);
  if (printed.startsWith('Nothing is measured')) return console.warn(`${name}: ${printed}`);
  expect(printed).toContain('A quick run');
  const { bench, results } = JSON.parse(await readFile(file, 'utf8')) as { bench: string; results: object[] };
  expect(bench).toBe(name);
  expect(results.length).toBeGreaterThan(0);
  expect(JSON.stringify(results)).not.toContain('"failure"');
});
