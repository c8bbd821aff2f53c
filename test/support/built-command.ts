/**
 * The command line as it runs where it is installed: bundled to JavaScript, so that a worker starts in tens of
 * milliseconds and not in hundreds.
 */
import { build as bundle, type Plugin } from 'esbuild';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plantedText, type PlantedFault } from '../mutation/fault.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class BuiltCommand {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'threadheap-'));

  /** @param fault - what is to be wrong with it */
  async build(fault?: PlantedFault): Promise<void> {
    await bundle({
      absWorkingDir: root,
      entryPoints: ['src/cli/main.ts', 'workers/workload-worker.ts', 'workers/replay-worker.ts'],
      outdir: join(this.#folder, 'dist'),
      outbase: '.',
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      plugins: fault === undefined ? [] : [planting(fault)],
    });
    for (const name of ['node_modules', 'examples']) symlinkSync(join(root, name), join(this.#folder, name));
    writeFileSync(join(this.#folder, 'package.json'), '{ "type": "module" }');
  }

  run(line: string): Promise<CommandResult> {
    const child = spawn(process.execPath, [join(this.#folder, 'dist/src/cli/main.js'), ...line.split(' ')], {
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
  const path = join(root, 'src', fault.file);
  return {
    name: 'plant a fault',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, (module) =>
        module.path === path ? { contents: plantedText(fault), loader: 'ts' } : undefined,
      );
    },
  };
}
