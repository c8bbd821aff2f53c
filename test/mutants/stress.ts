/**
 * What plain stress finds of a planted bug: the stress command, run from a copy of the sources with the bug in it, on
 * threads that the operating system schedules as it likes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutant.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['src', 'workers', 'examples', 'package.json', 'tsconfig.json'];
/** A bug may make a thread hang: then the command has this long to find that out. */
const PATIENCE_MS = 60_000;

/** Whether so many seconds of stress end with a violation. */
export async function stressFinds({ file, from, to }: Mutant, seconds: number): Promise<boolean> {
  const copy = mkdtempSync(join(tmpdir(), 'threadheap-mutant-'));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const path = join(copy, 'src', file);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(from, () => to),
    );
    return (await stress(copy, seconds, !file.startsWith('slab/'))) !== 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function stress(folder: string, seconds: number, tableOnly: boolean): Promise<number> {
  const loader = join(folder, 'workers', 'typescript-loader.mjs');
  const flags = ['--workload', 'churn', '--threads', '4', '--seconds', String(seconds), '--quiet'];
  const words = ['--import', loader, join(folder, 'src/cli/main.ts'), 'stress', ...flags];
  if (tableOnly) words.push('--no-slabs');
  const child = spawn(process.execPath, words, { cwd: folder, stdio: 'ignore', timeout: seconds * 1000 + PATIENCE_MS });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
