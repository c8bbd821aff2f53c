/**
 * Tables as all commands print them: columns that are two spaces apart, text to the left and numbers to the right. A
 * table that is wider than the terminal has its first column shortened, and then loses columns from the right: put the
 * most important ones first.
 */
import { colours } from './terminal.ts';

const GAP = '  ';
/** What remains of a name in the first column at least. */
const LEAST_NAME = 8;

export interface Column<Row> {
  readonly title: string;
  readonly kind: 'text' | 'number';
  readonly of: (row: Row) => string;
}

/** @param width - characters in a line; `Infinity` leaves the table as wide as it is */
export function textTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string {
  const cells = columns.map(({ title, of }) => [title, ...rows.map(of)]);
  const widths = fitted(
    cells.map((column) => Math.max(...column.map(visibleLength))),
    width,
  );
  const lines = ['', ...rows].map((_, line) =>
    widths
      .map((cellWidth, index) => {
        const { kind } = columns[index];
        return padded(shortened(cells[index][line], cellWidth), cellWidth, kind);
      })
      .join(GAP)
      .trimEnd(),
  );
  const [head = '', ...body] = lines;
  return [colours.bold(head), ...body].join('\n');
}

/** Widths of the columns that remain. */
function fitted(widths: readonly number[], width: number): number[] {
  const [first = 0, ...others] = widths;
  const rest = others.reduce((sum, each) => sum + GAP.length + each, 0);
  if (first + rest <= width) return [first, ...others];
  const name = Math.min(first, Math.max(LEAST_NAME, width - rest));
  return name + rest <= width || others.length === 0
    ? [name, ...others]
    : fitted([first, ...others.slice(0, -1)], width);
}

function padded(cell: string, width: number, kind: 'text' | 'number'): string {
  const space = ' '.repeat(width - visibleLength(cell));
  return kind === 'text' ? cell + space : space + cell;
}

function shortened(cell: string, width: number): string {
  return visibleLength(cell) <= width ? cell : `${cell.slice(0, width - 1)}…`;
}

function visibleLength(cell: string): number {
  // oxlint-disable-next-line no-control-regex -- that is how a terminal is told of colours
  return cell.replaceAll(/\x1b\[\d+m/g, '').length;
}
