/** The options by which every benchmark can be made longer or shorter. */
import type { Command } from 'commander';

/** What the options of `addEffortOptions` yield. */
export interface EffortOptions {
  readonly rounds: number;
  readonly quick?: true;
}

const QUICK_ROUNDS = 2;

export function addEffortOptions(command: Command, rounds: number): Command {
  return command
    .option('--rounds <count>', 'alternating rounds', Number, rounds)
    .option('--quick', 'two short rounds, which only show that the benchmark works');
}

/** How many rounds to run. */
export function roundsOf({ rounds, quick }: EffortOptions): number {
  return quick === true ? QUICK_ROUNDS : rounds;
}

/** The sentences below a table; after a quick run its promises are neither kept nor broken. */
export function notesFor({ quick }: EffortOptions, notes: readonly string[]): readonly string[] {
  return quick === true ? ['A quick run: the figures mean nothing.'] : notes;
}
