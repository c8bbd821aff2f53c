/**
 * Faults planted on purpose, one at a time, by replacing text of a source file. A pattern must match exactly once, so a
 * fault cannot drift away from the code: where a file is rewritten, its faults are rewritten with it.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface PlantedFault {
  /** What the fault does, as a sentence after "that". */
  readonly does: string;
  /** File below `src`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A fault, and who is to find it. */
export interface Fault extends PlantedFault {
  /** Files of tests, or folders of them. */
  readonly tests: readonly string[];
  /** Why no test needs to find it, where that is so. */
  readonly survives?: string;
}

/** The text of the fault's file with the fault in it. */
export function plantedText({ file, from, to }: PlantedFault): string {
  const text = readFileSync(fileURLToPath(new URL(`../../src/${file}`, import.meta.url)), 'utf8');
  const matches = text.split(from).length - 1;
  if (matches !== 1) throw new Error(`${matches} matches in place of 1 in src/${file} for ${JSON.stringify(from)}`);
  return text.replace(from, () => to);
}
