import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../support/stopped.ts', import.meta.url));
const TIMEOUT_MS = 120_000;
/** Patience of the threads, shorter than a stop. */
const LOCK_TIMEOUT_MS = 1000;
const STOP_MS = 2 * LOCK_TIMEOUT_MS;
const STOPS = 5;
const WORK_MS = 500;

let folder = '';
let program = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'threadheap-stopped-'));
  program = join(folder, 'program.mjs');
  await build({
    entryPoints: [PROGRAM],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The program's lines, as they come. */
function start(lockTimeoutMs: number, workMs: number): { child: ChildProcess; lines: AsyncIterator<string> } {
  const words = [program, String(lockTimeoutMs), String(workMs)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

async function resultOf(lines: AsyncIterator<string>): Promise<{ operations: number; timeouts: number }> {
  return JSON.parse((await lines.next()).value as string) as { operations: number; timeouts: number };
}

describe.skipIf(process.platform === 'win32')('nobody is told LOCK_TIMEOUT', { timeout: TIMEOUT_MS }, () => {
  test('in a process that is stopped for longer than the patience lasts, and continued', async () => {
    const { child, lines } = start(LOCK_TIMEOUT_MS, WORK_MS);
    expect((await lines.next()).value).toBe('working');
    for (let stop = 0; stop < STOPS; stop++) {
      await pause(20);
      child.kill('SIGSTOP');
      await pause(STOP_MS);
      child.kill('SIGCONT');
    }
    const { operations, timeouts } = await resultOf(lines);
    expect(timeouts).toBe(0);
    expect(operations).toBeGreaterThan(0);
  });

  test('where more threads want the processors than there are', async () => {
    const several = Array.from({ length: 4 }, () => start(LOCK_TIMEOUT_MS, WORK_MS));
    for (const { lines } of several) expect((await lines.next()).value).toBe('working');
    for (const { lines } of several) expect((await resultOf(lines)).timeouts).toBe(0);
  });
});
