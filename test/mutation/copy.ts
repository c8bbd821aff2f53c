/**
 * A copy of the project in which faults can be planted without anybody else seeing them: the tests that run there load
 * the faulty sources, in whatever thread or process.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plantedText, type PlantedFault } from './fault.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = [
  'src',
  'workers',
  'test',
  'bench',
  'build',
  'examples',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];
/** A fault may make a thread hang. */
const PATIENCE_MS = 600_000;

export class Copy {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'threadheap-faults-'));

  constructor() {
    for (const name of COPIED) cpSync(join(ROOT, name), join(this.#folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** Whether these tests pass, with a fault in the sources or without. */
  async passes(tests: readonly string[], fault?: PlantedFault): Promise<boolean> {
    if (fault === undefined) return this.#runs(tests);
    const path = join(this.#folder, 'src', fault.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, plantedText(fault));
    try {
      return await this.#runs(tests);
    } finally {
      writeFileSync(path, text);
    }
  }

  async #runs(tests: readonly string[]): Promise<boolean> {
    const vitest = join(this.#folder, 'node_modules/vitest/vitest.mjs');
    const words = [vitest, 'run', '--project', 'fast', '--bail', '1', '--reporter', 'dot', ...tests];
    const child = spawn(process.execPath, words, { cwd: this.#folder, stdio: 'ignore', timeout: PATIENCE_MS });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
