/** A result as JSON: to stdout when no file is named. */
import { requireWritable, writeOutput } from './output-file.ts';

/** What `--json` was given; undefined when it was not, true for stdout. */
export type JsonTarget = string | true | undefined;

/** To be asked before the work whose result is to be written. @throws UsageError */
export function requireJsonTarget(target: JsonTarget): void {
  if (typeof target === 'string') requireWritable(target);
}

/** Returns whether stdout is taken by it. @throws UsageError */
export function writeJson(result: object, target: JsonTarget): boolean {
  if (target === undefined) return false;
  const text = `${JSON.stringify(result, undefined, 2)}\n`;
  if (target === true) process.stdout.write(text);
  else writeOutput(target, text);
  return target === true;
}
