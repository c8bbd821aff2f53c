/**
 * A figure of the page: a heading, a drawing, what it shows in words, and the numbers behind it.
 */
import { html, Markup, NOTHING } from './markup.ts';

export interface FigureParts {
  readonly title: string;
  /** How to read it and what it says. */
  readonly caption: string;
  readonly drawing: Markup;
  readonly legend?: Markup;
  readonly numbers: DataTable;
}

export interface DataTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many columns from the left hold text; the others hold numbers. */
  readonly textColumns: number;
}

/** What a colour of a drawing stands for. */
export interface LegendEntry {
  /** The name of a CSS variable. */
  readonly colour: string;
  readonly text: string;
}

export function figure({ title, caption, drawing, legend = NOTHING, numbers }: FigureParts): Markup {
  return html`<figure>
    <h3>${title}</h3>
    ${legend}
    <div class="drawing">${drawing}</div>
    <figcaption>${caption}</figcaption>
    <details>
      <summary>The numbers</summary>
      ${dataTable(numbers, title)}
    </details>
  </figure>`;
}

/** @param label - what the table is called by those who cannot see where it stands */
export function dataTable({ head, rows, textColumns }: DataTable, label: string): Markup {
  const kind = (column: number): string => (column < textColumns ? 'text' : 'number');
  const headCells = head.map((title, column) => html`<th scope="col" class="${kind(column)}">${title}</th>`);
  const bodyRows = rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0
        ? html`<th scope="row" class="${kind(0)}">${cell}</th>`
        : html`<td class="${kind(column)}">${cell}</td>`,
    );
    return html`<tr>
      ${cells}
    </tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${headCells}
        </tr>
      </thead>
      <tbody>
        ${bodyRows}
      </tbody>
    </table>
  </div>`;
}

export function legendOf(entries: readonly LegendEntry[]): Markup {
  const items = entries.map(
    ({ colour, text }) => html`<li><span class="swatch" style="background:var(${colour})"></span>${text}</li>`,
  );
  return html`<ul class="legend">
    ${items}
  </ul>`;
}

/** A line for a shell; it breaks between words only. */
export function command(line: string): Markup {
  const words = line.split(' ').map((word) => html`<span>${word}</span>`.source);
  return html`<pre class="command"><code>${new Markup(words.join(' '))}</code></pre>`;
}
