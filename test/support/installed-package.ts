/**
 * The package as users get it: packed from these sources and installed into an empty project, without a network and with
 * an empty cache, which only a package without dependencies can be.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../build/bundle.ts';
import manifest from '../../package.json' with { type: 'json' };

/** What is not needed to build and pack. */
const LEFT_BEHIND = new Set(['.git', 'node_modules', 'dist', 'coverage', 'test', '.ci']);

/** Settings of an npm around the tests must not reach the one within. */
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_|^NODE_OPTIONS$/i.test(name)),
);

export class InstalledPackage {
  /** Of everything below; removed at the end. */
  readonly folder: string;
  /** An empty project in which the package is installed. */
  readonly project: string;
  readonly tarball: string;
  /** Where the package's files are. */
  readonly files: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.project = join(folder, 'project');
    this.tarball = join(folder, `${manifest.name}-${manifest.version}.tgz`);
    this.files = join(this.project, 'node_modules', manifest.name);
  }

  static async make(): Promise<InstalledPackage> {
    const made = new InstalledPackage(await mkdtemp(join(tmpdir(), 'threadheap-package-')));
    await made.#pack();
    await made.#install();
    return made;
  }

  async #pack(): Promise<void> {
    const sources = join(this.folder, 'sources');
    await mkdir(sources);
    const names = (await readdir(ROOT)).filter((name) => !LEFT_BEHIND.has(name));
    await Promise.all(names.map((name) => cp(join(ROOT, name), join(sources, name), { recursive: true })));
    await symlink(join(ROOT, 'node_modules'), join(sources, 'node_modules'));
    await this.#run(sources, 'npm', 'pack', '--pack-destination', this.folder);
  }

  async #install(): Promise<void> {
    await mkdir(this.project);
    await writeFile(join(this.project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    const cache = join(this.folder, 'cache');
    await this.#run(this.project, 'npm', 'install', '--offline', '--cache', cache, '--no-audit', this.tarball);
  }

  /** Lends the project a package of this repository, as if it were installed there. */
  async lend(name: string): Promise<void> {
    const place = join(this.project, 'node_modules', name);
    await mkdir(join(place, '..'), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), place);
  }

  /** A folder above the project in which Node would find a package. */
  lookedThrough(name: string): string | undefined {
    for (let place = dirname(this.project); place !== dirname(place); place = dirname(place)) {
      const folder = join(place, 'node_modules');
      if (existsSync(join(folder, name))) return folder;
    }
    return undefined;
  }

  async write(name: string, text: string): Promise<string> {
    const file = join(this.project, name);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  /** What the command prints to stdout, in the project; rejects if it fails. */
  run(command: string, ...words: string[]): Promise<string> {
    return this.#run(this.project, command, ...words);
  }

  /** The same for a command that may fail. */
  outcome(command: string, ...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const options = { cwd: this.project, env: { ...inherited, NO_COLOR: '1' } };
    return new Promise((resolve) => {
      const child = execFile(command, words, options, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  }

  node(...words: string[]): Promise<string> {
    return this.run(process.execPath, ...words);
  }

  async #run(cwd: string, command: string, ...words: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(command, words, { cwd, env: { ...inherited, NO_COLOR: '1' } });
    return stdout;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
