/**
 * The package as users get it: packed from these sources, installed into an empty folder (from the registry, or npm's
 * cache where it has everything), and used there.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../../', import.meta.url));
const SIZE_LIMIT = 500_000;
const SOURCES = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'LICENSE', 'README.md', 'CHANGELOG.md'];
const FOLDERS = ['src', 'workers', 'bench', 'examples'];
const PATIENCE_MS = 180_000;

/** Settings of an npm around the tests must not reach the one within. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/i.test(name)),
);

/** Rejects if the command fails. */
async function run(cwd: string, command: string, ...parameters: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, parameters, { cwd, env });
  return stdout;
}

const tool = (name: string) => join(root, 'node_modules/.bin', name);

describe('the package', { timeout: PATIENCE_MS }, () => {
  let folder: string;
  let tarball: string;
  let user: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threadheap-package-'));
    tarball = await pack(join(folder, 'sources'));
    user = await install(join(folder, 'user'), tarball);
  }, PATIENCE_MS);

  afterAll(() => rm(folder, { recursive: true }));

  it(`has less than ${SIZE_LIMIT} bytes`, async () => {
    expect((await stat(tarball)).size).toBeLessThan(SIZE_LIMIT);
  });

  it('follows the rules for packages', async () => {
    await run(folder, tool('publint'), tarball, '--strict');
  });

  it('has types wherever modules are imported', async () => {
    await run(folder, tool('attw'), tarball, '--profile', 'esm-only');
  });

  it('needs nothing but what it declares for a heap', async () => {
    const program = `import { MemoryManager } from 'threadheap'; console.log(new MemoryManager(4096).byteLength);`;
    expect(await run(user, process.execPath, '--input-type=module', '--eval', program)).toBe('4096\n');
  });

  it('runs the example of the README as it stands there, in at most 15 lines', async () => {
    const [, example] = /```js\n(.*?)```/s.exec(await readFile(join(root, 'README.md'), 'utf8'))!;
    expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
    await writeFile(join(user, 'readme.js'), example);
    expect(await run(user, process.execPath, 'readme.js')).toBe('Hello from main\nlive bytes: 0\n');
  });

  it('runs the first example', async () => {
    await cp(join(root, 'examples/hello-heap'), join(user, 'hello-heap'), { recursive: true });
    const output = await run(user, join(user, 'node_modules/.bin/tsx'), 'hello-heap/main.ts');
    expect(output).toContain('Hello back from the worker!');
  });

  it('brings the command along, with a trace to replay', async () => {
    await run(user, 'npx', '--no', 'threadheap', 'stress', '--seconds', '2');
  });
});

/** Packs a copy of the sources, so that the build at hand stays as it is. Returns the tarball's path. */
async function pack(copy: string): Promise<string> {
  await mkdir(copy);
  for (const name of [...SOURCES, ...FOLDERS]) await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  await run(copy, 'npm', 'pack', '--pack-destination', dirname(copy));
  return join(dirname(copy), `${manifest.name}-${manifest.version}.tgz`);
}

/** A user's project with the package and tsx, which the examples are run with. */
async function install(project: string, tarballPath: string): Promise<string> {
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const tsx = `tsx@${manifest.devDependencies.tsx}`;
  await run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarballPath, tsx);
  return project;
}
