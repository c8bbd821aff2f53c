/**
 * A fuzz of damaged heaps, in worker threads that are watched, so that a hang is a failure. Set DAMAGE_CASES and
 * DAMAGE_SEED for a longer run or another one; a failure names its case, which DAMAGE_FIRST runs alone.
 */
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { DamageNews, DamageTask } from './worker.ts';

const CASES = Number(process.env['DAMAGE_CASES'] ?? 1500);
const SEED = Number(process.env['DAMAGE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const FIRST = Number(process.env['DAMAGE_FIRST'] ?? 0);
/** A case takes milliseconds. One that makes no progress for so long, looked at so often, hangs. */
const PATIENCE_LOOKS = Number(process.env['DAMAGE_PATIENCE'] ?? 100);
const LOOK_MS = 200;
const TIMEOUT_MS = 3_600_000;

const ENTRY = new URL('worker.ts', import.meta.url);
const LOADER = new URL('../../../workers/typescript-loader.mjs', import.meta.url).href;

/** What was seen so far. */
class Findings {
  readonly hangs: number[] = [];
  readonly violations: string[] = [];
  readonly #tally = new Map<string, number>();

  add(tally: ReadonlyMap<string, number>): void {
    for (const [outcome, count] of tally) this.#tally.set(outcome, (this.#tally.get(outcome) ?? 0) + count);
  }

  toString(): string {
    const lines = Array.from(this.#tally, ([outcome, count]) => `  ${outcome}: ${count}`);
    const sum = `${CASES} damaged heaps, seed ${SEED}: ${this.hangs.length} hangs, ${this.violations.length} violations`;
    return [sum, ...lines.toSorted((a, b) => (a < b ? -1 : 1))].join('\n');
  }
}

/** Runs cases from `first` on in a thread of their own. Returns where to go on: behind the case that hangs, if one does. */
function runFrom(first: number, end: number, findings: Findings): Promise<number> {
  const progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: DamageTask = { seed: SEED, first, end, progress };
  const worker = new Worker(ENTRY, { workerData, execArgv: ['--import', LOADER] });
  const watchdog = setInterval(() => look(), LOOK_MS);
  let seen = -1;
  let looks = 0;
  let next = end;
  const look = (): void => {
    const current = Atomics.load(progress, 0);
    looks = current === seen ? looks + 1 : 0;
    seen = current;
    if (looks < PATIENCE_LOOKS || next !== end) return;
    findings.hangs.push(current);
    next = current + 1;
    void worker.terminate();
  };
  worker.on('message', (news: DamageNews) => {
    if ('violation' in news) findings.violations.push(news.violation);
    else findings.add(news.tally);
  });
  return new Promise<number>((resolve, reject) => {
    worker.on('error', (error) => reject(new Error(`case ${Atomics.load(progress, 0)} ended`, { cause: error })));
    worker.on('exit', () => resolve(next));
  }).finally(() => clearInterval(watchdog));
}

test(
  'a damaged heap is refused or found corrupt, and nothing hangs',
  async () => {
    const findings = new Findings();
    for (let first = FIRST; first < FIRST + CASES;) first = await runFrom(first, FIRST + CASES, findings);
    console.log(String(findings));
    const { hangs, violations } = findings;
    expect({ seed: SEED, hangs, violations: violations.slice(0, 10) }).toEqual({
      seed: SEED,
      hangs: [],
      violations: [],
    });
  },
  TIMEOUT_MS,
);
