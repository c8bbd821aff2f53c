/** Files that commands write their results to. What goes wrong is told in one line, as it is the user who named the file. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/** To be asked before the work whose result is to be written. Makes the file if it is not there. @throws UsageError */
export function requireWritable(file: string): void {
  attempt(file, () => closeSync(openSync(file, 'a')));
}

/** @throws UsageError */
export function writeOutput(file: string, text: string): void {
  attempt(file, () => writeFileSync(file, text));
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
  }
}
