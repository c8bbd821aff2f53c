/**
 * `npm run fuzz:explore -- [--programs N] [--seed S] [--seconds T] [--real N]`: compares the explorer with brute force on
 * random programs, and N programs with a million runs on real threads each. Exit code 1 where they disagree.
 */
import { parseArgs } from 'node:util';
import { compareBatch, describeMismatch } from './comparison.ts';
import { runOnRealThreads } from './real-threads.ts';

const BATCH = 40;
const RUNS = 1_000_000;

const { values } = parseArgs({
  options: {
    programs: { type: 'string' },
    seed: { type: 'string' },
    seconds: { type: 'string' },
    real: { type: 'string' },
  },
});
const seconds = Number(values.seconds ?? Infinity);
const programs = Number(values.programs ?? (values.seconds === undefined ? 500 : Infinity));
const seed = Number(values.seed ?? Math.trunc(Math.random() * 1_000_000_000));

const began = performance.now();
let [compared, schedules, mismatches] = [0, 0, 0];
process.stdout.write(`seed ${seed}\n`);
for (let batch = 0; compared < programs && performance.now() - began < seconds * 1000; batch++) {
  const result = await compareBatch(seed + batch, Math.min(BATCH, programs - compared));
  compared += result.compared;
  schedules += result.schedules;
  mismatches += result.mismatches.length;
  for (const mismatch of result.mismatches) {
    process.stdout.write(`MISMATCH in the batch of seed ${seed + batch}\n${describeMismatch(mismatch)}\n\n`);
  }
}
process.stdout.write(
  `${compared} programs with ${schedules} schedules, seeds ${seed} and on: ${mismatches} mismatches, ` +
    `${Math.round((performance.now() - began) / 1000)} s\n`,
);

for (const { program, runs, seen, explored, missed } of await runOnRealThreads(seed, Number(values.real ?? 0), RUNS)) {
  process.stdout.write(`${runs} runs on real threads: ${seen} of ${explored} outcomes seen, seed ${program.seed}\n`);
  for (const outcome of missed)
    process.stdout.write(`MISSED by the explorer: ${outcome}\n${JSON.stringify(program)}\n`);
  mismatches += missed.length;
}
process.exitCode = mismatches === 0 ? 0 : 1;
