/** How every benchmark reports: a table on the terminal, Markdown for the README, JSON for machines. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { provenance } from './machine.ts';
import { aligned, markdown, type TextTable } from './text-table.ts';

/** What the options of `addReportOptions` yield. */
export interface ReportOptions {
  readonly json?: string;
  readonly markdown?: boolean;
}

/** The result of one benchmark: its table, and the figures behind it. */
export interface Report extends TextTable {
  readonly bench: string;
  readonly results: readonly object[];
  /** Sentences below the table. */
  readonly notes: readonly string[];
  /** How it was measured. */
  readonly effort: object;
}

export function addReportOptions(command: Command): Command {
  return command
    .option('--json <file>', 'write all figures, the machine, the Node version and the commit to a file')
    .option('--markdown', 'print the table as Markdown');
}

export async function report(
  { bench, head, rows, notes, results, effort }: Report,
  options: ReportOptions,
): Promise<void> {
  const origin = provenance();
  const { cpu, cores, node, commit } = origin;
  const table = (options.markdown === true ? markdown : aligned)({ head, rows });
  console.log([table, '', ...notes, `${cpu}, ${cores} cores, Node ${node}, commit ${commit}`].join('\n'));
  if (options.json === undefined) return;
  await writeFile(options.json, `${JSON.stringify({ bench, ...origin, effort, results }, undefined, 2)}\n`);
}
