/**
 * `npm run fuzz -- [--minutes N] [--seed S] [--rounds N]`: random calls of all kinds from several threads on small
 * heaps, with threads that detach in the middle, are terminated or cut off, and a process that is stopped and continued.
 * Exit code 1 when something is found; `--seed` with that round's seed runs the same settings again.
 *
 *   main.ts     supervises: bundles the code, starts a process for each batch of rounds, stops and continues it, kills
 *               it when no round ends for a minute
 *   rounds.ts   the process: a heap for each round, threads, the balance at the end
 *   thread.ts   one thread
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { seeded, Xorshift32 } from '../../src/xorshift.ts';
import { Tally } from './round.ts';
import type { RoundReport } from './rounds.ts';

const BATCH = 15;
const SILENCE_MS = 60_000;
const STOPS_MS = [20, 300, 300, 1500, 1500, 12_000];

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, rounds: { type: 'string' } },
});
const minutes = Number(values.minutes ?? 1);
const rounds = Number(values.rounds ?? Infinity);
const seed = Number(values.seed ?? Math.trunc(Math.random() * 1_000_000_000));
const end = performance.now() + minutes * 60_000;
const random = new Xorshift32(seeded(seed, -2));
const sums = { rounds: 0, deaths: 0, strays: 0, seizures: 0, stops: 0 };
const tallies: number[] = Array.from({ length: Tally.END }, () => 0);

function add(report: RoundReport): void {
  sums.rounds++;
  sums.deaths += report.deaths;
  sums.strays += report.strays;
  sums.seizures += report.seizures;
  for (const [index, count] of report.tallies.entries()) tallies[index] += count;
}

/** Bundled, so that threads start quickly and run the code as users have it. */
async function bundle(folder: string): Promise<void> {
  const sources = ['rounds.ts', 'thread.ts'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  await build({
    entryPoints: sources,
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
}

/** Runs rounds from a seed on in a process; resolves to what it complained of, or ''. */
async function runBatch(folder: string, from: number, count: number): Promise<string> {
  const script = join(folder, 'rounds.js');
  const child = spawn(process.execPath, [script, '--seed', String(from), '--rounds', String(count)]);
  let complaint = '';
  const state = { isOver: false };
  let lastSign = performance.now();
  child.stderr.on('data', (data) => (complaint = `${complaint}${String(data)}`.slice(-4000)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    lastSign = performance.now();
    complaint = '';
    add(JSON.parse(line) as RoundReport);
  });
  const exit = once(child, 'exit').then(([code, signal]) => {
    state.isOver = true;
    return code === 0 ? '' : `${complaint}\nended with ${String(code ?? signal)}`;
  });
  while (!state.isOver) {
    await Promise.race([exit, sleep(500 + random.below(10_000))]);
    if (performance.now() - lastSign > SILENCE_MS) {
      complaint += `\nno round ended for ${SILENCE_MS / 1000} s`;
      child.kill('SIGKILL');
    } else if (!state.isOver && random.below(2) === 0) {
      lastSign += await stopFor(child.pid!, STOPS_MS[random.below(STOPS_MS.length)]);
    }
  }
  return exit;
}

async function stopFor(pid: number, milliseconds: number): Promise<number> {
  const began = performance.now();
  process.kill(pid, 'SIGSTOP');
  await sleep(milliseconds);
  process.kill(pid, 'SIGCONT');
  sums.stops++;
  return performance.now() - began;
}

function told(): string {
  const { CALLS, WILD_CALLS, FULL, DETACHES, CANCELLED, CUTS } = Tally;
  const counts = { CALLS, WILD_CALLS, FULL, DETACHES, CANCELLED, CUTS };
  const counted = Object.entries(counts).map(([name, index]) => `${name.toLowerCase()} ${tallies[index]}`);
  return [...Object.entries(sums).map(([name, sum]) => `${name} ${sum}`), ...counted].join(', ').replaceAll('_', ' ');
}

const folder = mkdtempSync(join(tmpdir(), 'threadheap-fuzz-'));
console.log(`seed ${seed}`);
try {
  await bundle(folder);
  for (let from = seed; performance.now() < end && from < seed + rounds; from += BATCH) {
    const complaint = await runBatch(folder, from, Math.min(BATCH, seed + rounds - from));
    if (complaint !== '') process.exitCode = 1;
    console.log(complaint === '' ? `${from} … : ${told()}` : `FOUND in the batch of seed ${from}:\n${complaint}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(told());
