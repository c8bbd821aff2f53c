#!/usr/bin/env node
/**
 * The command `threadheap`.
 *
 * Exit codes: 0 when all went well, 1 when a command found a violation, 2 when it could not be carried out as given:
 * a bad argument, a file that is missing or damaged. The last get one line on stderr and nothing else.
 */
import { CommanderError, program, type Command } from 'commander';
import { HeapTooSmallError } from '../stress/run/stress-heap.ts';
import { TraceError } from '../stress/traces/trace.ts';
import { exploreCommand } from './commands/explore-command.ts';
import { compareCommand } from './commands/compare-command.ts';
import { inspectCommand } from './commands/inspect-command.ts';
import { packageVersion } from './files/package-files.ts';
import { stressCommand } from './commands/stress-command.ts';
import { UsageError } from './files/usage-error.ts';

const EXIT_USAGE = 2;

program
  .name('threadheap')
  .description('One heap for all the threads of a JavaScript program: try it on your own machine')
  .version(packageVersion())
  .exitOverride();
add(stressCommand());
add(compareCommand());
add(inspectCommand());
add(exploreCommand());

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function add(command: Command): void {
  for (const each of [command, ...command.commands]) each.copyInheritedSettings(program);
  program.addCommand(command);
}

/** Commander has shown its own errors already. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  const isUsage = error instanceof UsageError || error instanceof TraceError || error instanceof HeapTooSmallError;
  if (!isUsage) throw error;
  process.stderr.write(`threadheap: ${error.message}\n`);
  return EXIT_USAGE;
}
