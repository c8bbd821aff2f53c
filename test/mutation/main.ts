/**
 * `npm run test:mutation`: plants faults one at a time in a copy of the project and runs the tests that should find
 * them. A fault is found if they fail, or do not end. Those that survive are listed; the exit status says whether there
 * are any that are not justified beside their entry.
 */
import { Command } from 'commander';
import { Copy } from './copy.ts';
import type { Fault } from './fault.ts';
import { FAULTS } from './faults/index.ts';

/** How a fault fared. `needless`: it was found though it is justified that it survives. */
type Fate = 'found' | 'survives' | 'justified' | 'needless';

const program = new Command('npm run test:mutation --')
  .description('plant faults one at a time and see whether the tests find them')
  .argument('[words...]', 'only the faults whose sentence or file contains one of these')
  .option('--skip-baseline', 'do not first run the tests without a fault')
  .action(run);
await program.parseAsync();

async function run(words: readonly string[], { skipBaseline }: { skipBaseline?: true }): Promise<void> {
  const faults = FAULTS.filter(({ does, file }) => words.every((word) => `${does} ${file}`.includes(word)));
  const copy = new Copy();
  try {
    if (skipBaseline !== true) await requireSound(copy, faults);
    const fates: Fate[] = [];
    for (const fault of faults) {
      const fate = await fateOf(copy, fault);
      fates.push(fate);
      console.log(
        `${fate.padEnd(10)} ${fault.file}: ${fault.does}${fate === 'justified' ? ` (${fault.survives})` : ''}`,
      );
    }
    const found = fates.filter((fate) => fate === 'found' || fate === 'needless').length;
    console.log(`${found} of ${faults.length} faults were found.`);
    if (fates.some((fate) => fate === 'survives' || fate === 'needless')) process.exitCode = 1;
  } finally {
    copy.remove();
  }
}

/** Tests that fail without a fault say nothing about one. */
async function requireSound(copy: Copy, faults: readonly Fault[]): Promise<void> {
  const tests = [...new Set(faults.flatMap((fault) => fault.tests))];
  if (!(await copy.passes(tests)))
    throw new Error(`the tests fail without any fault: npx vitest run ${tests.join(' ')}`);
}

async function fateOf(copy: Copy, fault: Fault): Promise<Fate> {
  const isFound = !(await copy.passes(fault.tests, fault));
  if (fault.survives !== undefined) return isFound ? 'needless' : 'justified';
  return isFound ? 'found' : 'survives';
}
