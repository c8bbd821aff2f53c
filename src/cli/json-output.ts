/** A result as JSON: to stdout when no file is named. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/** What `--json` was given; undefined when it was not, true for stdout. */
export type JsonTarget = string | true | undefined;

/** To be asked before the work whose result is to be written. @throws UsageError */
export function requireWritable(target: JsonTarget): void {
  if (typeof target === 'string') attempt(target, () => closeSync(openSync(target, 'a')));
}

/** Returns whether stdout is taken by it. @throws UsageError */
export function writeJson(result: object, target: JsonTarget): boolean {
  if (target === undefined) return false;
  const text = `${JSON.stringify(result, undefined, 2)}\n`;
  if (target === true) process.stdout.write(text);
  else attempt(target, () => writeFileSync(target, text));
  return target === true;
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
  }
}
