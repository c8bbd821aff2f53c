/**
 * The command line as it runs where it is installed: bundled to JavaScript, so that a worker starts in tens of
 * milliseconds and not in hundreds.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { bundle, ROOT } from '../../build/bundle.ts';
import { ENTRIES } from '../../build/entries.ts';
import { plantedText, type PlantedFault } from '../mutation/fault.ts';

/** What the command looks for beside itself. */
const BESIDE = ['node_modules', 'examples'];

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class BuiltCommand {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'threadheap-'));

  /** @param fault - what is to be wrong with it */
  async build(fault?: PlantedFault): Promise<void> {
    const dist = join(this.#folder, 'dist');
    mkdirSync(dist);
    await bundle(dist, ENTRIES, fault && planting(fault));
    for (const name of BESIDE) symlinkSync(join(ROOT, name), join(this.#folder, name));
    writeFileSync(join(this.#folder, 'package.json'), '{ "type": "module", "version": "0.0.0" }');
  }

  run(line: string): Promise<CommandResult> {
    const child = spawn(process.execPath, [join(this.#folder, 'dist/cli.js'), ...line.split(' ')], {
      env: { ...process.env, NO_COLOR: '1' },
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (output.stdout += chunk));
    child.stderr.on('data', (chunk) => (output.stderr += chunk));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

function planting(fault: PlantedFault): Plugin {
  const path = join(ROOT, 'src', fault.file);
  return { name: 'plant a fault', load: (id) => (id === path ? plantedText(fault) : null) };
}
