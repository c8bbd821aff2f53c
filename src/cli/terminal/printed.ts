/** What goes to stdout: paragraphs with an empty line between them, no wider than the terminal. */
import { colours, columnsOf } from './terminal.ts';
import { wrapped } from './words.ts';

const INDENT = 2;

/** Of the terminal, in characters. */
export function tableWidth(): number {
  return columnsOf(process.stdout);
}

/** Breaks lines between words on a terminal, and leaves them whole for whoever reads a file. */
export function paragraph(lines: readonly string[]): string {
  const shown = process.stdout.isTTY ? lines.map((line) => wrapped(line, tableWidth(), INDENT)) : lines;
  return shown.join('\n');
}

/** Green when the heap held, red when it did not. */
export function inVerdictColour(verdict: 'held' | 'violated', text: string): string {
  return verdict === 'held' ? colours.green(text) : colours.red(text);
}

/** Leaves out paragraphs without text. */
export function printParagraphs(paragraphs: readonly string[]): void {
  process.stdout.write(`${paragraphs.filter((text) => text !== '').join('\n\n')}\n`);
}
