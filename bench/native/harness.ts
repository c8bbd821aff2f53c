/**
 * The C harness, compiled into a folder of its own for the time of one run. It serves rounds of a workload and replays
 * traces on whatever allocator the dynamic linker gives it; see main.c.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SOURCES = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '.' : '../../../bench/native', import.meta.url),
);
/** Without -fno-builtin the compiler would do away with blocks that nobody uses. */
const FLAGS: readonly string[] = ['-O2', '-fno-builtin', '-pthread'];

/** The harness, ready to be started; its folder goes with it. */
export class Harness implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'harness');
  }

  /** @throws Error that says what is missing, if there is no C compiler or it refuses */
  static async compile(): Promise<Harness> {
    const harness = new Harness(await mkdtemp(join(tmpdir(), 'threadheap-native-')));
    try {
      await harness.#compile();
      return harness;
    } catch (error) {
      await harness[Symbol.asyncDispose]();
      throw reasonOf(error as NodeJS.ErrnoException);
    }
  }

  async #compile(): Promise<void> {
    const names = await readdir(SOURCES);
    const files = names.filter((name) => name.endsWith('.c')).map((name) => join(SOURCES, name));
    await promisify(execFile)('cc', [...FLAGS, ...files, '-o', this.path]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

function reasonOf(error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT') return new Error('there is no C compiler: install one that is called as `cc`');
  return new Error(`the C harness does not compile: ${error.message}`);
}
