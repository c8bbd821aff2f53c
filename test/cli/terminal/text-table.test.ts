import { describe, expect, it } from 'vitest';
import { textTable, type Column } from '../../../src/cli/terminal/text-table.ts';

interface Row {
  readonly name: string;
  readonly number: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'name', kind: 'text', of: ({ name }) => name },
  { title: 'number', kind: 'number', of: ({ number }) => String(number) },
  { title: 'its square', kind: 'number', of: ({ number }) => String(number ** 2) },
];
const ROWS: readonly Row[] = [
  { name: 'a name of some length', number: 1000 },
  { name: 'short', number: 7 },
];

describe('a table', () => {
  it('has text to the left and numbers to the right', () => {
    expect(textTable(COLUMNS, ROWS, Infinity)).toBe(
      [
        'name                   number  its square',
        'a name of some length    1000     1000000',
        'short                       7          49',
      ].join('\n'),
    );
  });

  it('shortens names before it loses a column', () => {
    expect(textTable(COLUMNS, ROWS, 30)).toBe(
      ['name        number  its square', 'a name of…    1000     1000000', 'short            7          49'].join('\n'),
    );
  });

  it('loses columns from the right where names cannot be shorter', () => {
    expect(textTable(COLUMNS, ROWS, 20)).toBe(
      ['name          number', 'a name of s…    1000', 'short              7'].join('\n'),
    );
  });

  it('counts what is seen of a coloured cell', () => {
    const coloured: Column<Row> = { title: 'x', kind: 'number', of: ({ number }) => `\x1b[32m${number}\x1b[39m` };
    expect(textTable([COLUMNS[0], coloured], [ROWS[1]], Infinity)).toBe('name   x\nshort  \x1b[32m7\x1b[39m');
  });
});
