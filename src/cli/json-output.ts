/** A result as JSON: to stdout when no file is named. */
import { writeFileSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/** @param target - what `--json` was given; undefined when it was not. Returns whether stdout is taken by it. */
export function writeJson(result: object, target: string | true | undefined): boolean {
  if (target === undefined) return false;
  const text = `${JSON.stringify(result, undefined, 2)}\n`;
  if (target === true) process.stdout.write(text);
  else writeFile(target, text);
  return target === true;
}

function writeFile(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
  }
}
