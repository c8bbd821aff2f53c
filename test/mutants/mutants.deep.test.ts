import { describe, expect, test } from 'vitest';
import { explore } from '../../src/explore/index.ts';
import {
  BLOCK_MUTANTS,
  LINGERING_MUTANTS,
  IMAGE_MUTANTS,
  LOCK_MUTANTS,
  REPAIR_MUTANTS,
  SLAB_MUTANTS,
  STRUCT_MUTANTS,
  TABLE_MUTANTS,
  VERDICT_MUTANTS,
  WALK_MUTANTS,
} from './mutants.ts';
import type { Mutant } from './mutant.ts';
import { ROOT_MUTANTS } from './root-mutants.ts';
import { REPLACEMENTS } from '../scenarios/replacements.ts';
import { FULL } from '../support/full.ts';
import { stressFinds } from './stress.ts';

/** Seconds of plain stress, to see what they find of each bug beside the explorer. */
const STRESS_SECONDS = FULL ? 10 : 0;

async function isFound(mutant: Mutant): Promise<void> {
  const { does, file, from, to, scenario, options } = mutant;
  const replacement = { file: new URL(`../../src/${file}`, import.meta.url), from, to };
  const result = await explore(new URL(`../scenarios/${scenario}.scenario.ts`, import.meta.url), {
    ...options,
    replace: [replacement, ...REPLACEMENTS],
  });
  expect(result.outcome).toBe('failed');
  const beside = STRESS_SECONDS === 0 ? '' : `; ${STRESS_SECONDS} s of stress ${await verdictOfStress(mutant)}`;
  console.log(`${does}: ${scenario} fails in schedule ${result.schedules}${beside}`);
}

async function verdictOfStress(mutant: Mutant): Promise<string> {
  return (await stressFinds(mutant, STRESS_SECONDS)) ? 'find it too' : 'miss it';
}

describe.each([
  ['the lock', LOCK_MUTANTS],
  ['the table', TABLE_MUTANTS],
  ['the slabs', SLAB_MUTANTS],
  ['the repair', REPAIR_MUTANTS],
  ['the walks', WALK_MUTANTS],
  ['verdicts', VERDICT_MUTANTS],
  ['what is done with blocks', BLOCK_MUTANTS],
  ['going away and coming back', LINGERING_MUTANTS],
  ['the image', IMAGE_MUTANTS],
  ['the named roots', ROOT_MUTANTS],
  ['structs', STRUCT_MUTANTS],
])('a bug in %s is found that', (_part, mutants) => {
  test.each(mutants.map((mutant) => [mutant.does, mutant] as const))('%s', (_does, mutant) => isFound(mutant));
});
