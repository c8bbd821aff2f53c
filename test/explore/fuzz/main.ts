/**
 * `npm run fuzz:explore -- [--programs N] [--seed S] [--seconds T]`: compares the explorer with brute force on random
 * programs, and on a sample with real threads. Exit code 1 where they disagree.
 */
import { parseArgs } from 'node:util';
import { compareBatch, describeMismatch } from './comparison.ts';

const BATCH = 40;

const { values } = parseArgs({
  options: { programs: { type: 'string' }, seed: { type: 'string' }, seconds: { type: 'string' } },
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
process.exitCode = mismatches === 0 ? 0 : 1;
