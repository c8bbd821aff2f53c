import { describe, expect, test } from 'vitest';
import { explore } from '../../src/explore/index.ts';
import { LOCK_MUTANTS, REPAIR_MUTANTS, SLAB_MUTANTS, TABLE_MUTANTS, type Mutant } from './mutants.ts';

const TIMEOUT_MS = 300_000;

async function isFound({ does, file, from, to, scenario, options }: Mutant): Promise<void> {
  const replacement = { file: new URL(`../../src/${file}`, import.meta.url), from, to };
  const result = await explore(new URL(`../scenarios/${scenario}.scenario.ts`, import.meta.url), {
    ...options,
    replace: [replacement],
  });
  expect(result.outcome).toBe('failed');
  console.log(`${does}: ${scenario} fails in schedule ${result.schedules}`);
}

describe.each([
  ['the lock', LOCK_MUTANTS],
  ['the table', TABLE_MUTANTS],
  ['the slabs', SLAB_MUTANTS],
  ['the repair', REPAIR_MUTANTS],
])('a bug in %s is found that', (_part, mutants) => {
  test.each(mutants.map((mutant) => [mutant.does, mutant] as const))(
    '%s',
    (_does, mutant) => isFound(mutant),
    TIMEOUT_MS,
  );
});
