/** Tables of the benches: for the terminal as all commands print them, or in Markdown. Figures stand at the right. */
import { textTable } from '../../src/cli/terminal/text-table.ts';

/** A head and rows of as many cells. */
export interface TextTable {
  readonly head: string[];
  readonly rows: string[][];
}

export function aligned({ head, rows }: TextTable): string {
  const columns = head.map((title, column) => ({
    title,
    kind: isNumeric(rows, column) ? ('number' as const) : ('text' as const),
    of: (cells: string[]) => cells[column],
  }));
  return textTable(columns, rows, Infinity);
}

export function markdown({ head, rows }: TextTable): string {
  const rule = head.map((_, column) => {
    const width = widthOf(head, rows, column);
    return isNumeric(rows, column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
  });
  const body = rows.map((cells) => padded(cells, head, rows));
  return [padded(head, head, rows), rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function padded(cells: string[], head: string[], rows: string[][]): string[] {
  return cells.map((cell, column) => {
    const width = widthOf(head, rows, column);
    return isNumeric(rows, column) ? cell.padStart(width) : cell.padEnd(width);
  });
}

function widthOf(head: string[], rows: string[][], column: number): number {
  return Math.max(...[head, ...rows].map((cells) => cells[column].length));
}

/** A column of figures, though some may be missing or be a failure. */
function isNumeric(rows: string[][], column: number): boolean {
  return rows.some((cells) => /^[\d.,]+$/.test(cells[column]));
}
