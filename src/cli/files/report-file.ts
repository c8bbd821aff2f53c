/**
 * A report's file. What draws reports is large and optional, so it is loaded only when a report is wanted; whether it is
 * there, and whether the file can be written, is found out before the work begins rather than after.
 */
import { resolve } from 'node:path';
import type { JsonTarget } from './json-output.ts';
import { withPackages, type OptionalPackages } from './optional-package.ts';
import { requireWritable, writeOutput } from './output-file.ts';

const DRAWING: OptionalPackages = { purpose: 'reports are drawn with', names: ['@observablehq/plot', 'linkedom'] };

type Page<Result> = (result: Result, date: Date) => string;

/** Writes the report on a result, and returns the file's path. */
type ReportWriter<Result> = (result: Result) => string;

/**
 * @param file - what `--report` was given. It is made if it is not there, and otherwise keeps what it holds until the
 *   report is written
 * @param load - imports what makes the page
 * @returns undefined when no report is wanted
 * @throws UsageError when the file cannot be written, or reports cannot be drawn here
 */
export async function reportTo<Result>(
  file: string | undefined,
  load: () => Promise<Page<Result>>,
): Promise<ReportWriter<Result> | undefined> {
  if (file === undefined) return undefined;
  const pageOf = await withPackages(DRAWING, load);
  requireWritable(file);
  return (result) => {
    writeOutput(file, pageOf(result, new Date()));
    return resolve(file);
  };
}

/** Writes the report, if one is wanted, and says where it is; not on stdout when that is taken by JSON. */
export function announceReport<Result>(
  write: ReportWriter<Result> | undefined,
  result: Result,
  json: JsonTarget,
): void {
  if (write === undefined) return;
  const stream = json === true ? process.stderr : process.stdout;
  stream.write(`Look at it: ${write(result)}\n`);
}
