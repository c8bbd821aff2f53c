/** Tables as all commands print them. */
import Table from 'cli-table3';
import colors from 'picocolors';

/** @param textColumns - how many columns from the left hold text; the others hold numbers */
export function newTable(head: readonly string[], textColumns: number): Table.Table {
  return new Table({
    head: head.map((title) => colors.bold(title)),
    colAligns: head.map((_, column) => (column < textColumns ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
}
