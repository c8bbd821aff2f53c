/**
 * State that survives a restart: a program keeps its data in a heap, saves it to a file, and goes on with it when it is
 * started again. Nothing is converted on the way: what is loaded is the memory as it was, addresses included.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'guest-book-'));
const program = fileURLToPath(new URL('program.mjs', import.meta.url));

// Each name is a process of its own, which starts when the one before is long gone.
for (const name of ['Ada', 'Grace', 'Barbara']) {
  process.stdout.write(execFileSync(process.execPath, [program, join(folder, 'guests.image'), name]));
}
rmSync(folder, { recursive: true });
