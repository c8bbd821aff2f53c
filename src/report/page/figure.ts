/**
 * A figure of the page: a heading, a drawing, what it shows in words, and the numbers behind it.
 */
import { html, Markup, NOTHING } from './markup.ts';

/** As many fit a phone. */
const NARROW_COLUMNS = 3;

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
  /** A column whose numbers should all be 0: the others are red. */
  readonly alarmColumn?: number;
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
export function dataTable({ head, rows, textColumns, alarmColumn }: DataTable, label: string): Markup {
  const kind = (column: number): string => (column < textColumns ? 'text' : 'number');
  const alarm = (column: number, cell: string): string => (column === alarmColumn && cell !== '0' ? ' bad' : '');
  const headCells = head.map((title, column) => html`<th scope="col" class="${kind(column)}">${title}</th>`);
  const bodyRows = rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0
        ? html`<th scope="row" class="${kind(0)}">${cell}</th>`
        : html`<td class="${kind(column)}${alarm(column, cell)}">${cell}</td>`,
    );
    return html`<tr>
      ${cells}
    </tr>`;
  });
  const hint =
    head.length > NARROW_COLUMNS ? html`<p class="hint">${head.length} columns: scroll sideways</p>` : NOTHING;
  return html`${hint}
    <div class="scroll" tabindex="0" role="region" aria-label="${label}">
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

/**
 * Drawings side by side, one for each workload or call. In a narrow window they stand in one line, to be scrolled
 * sideways, so that the page does not grow with their number.
 */
export function panelLine(kind: 'thirds' | 'halves', panels: readonly Markup[], label: string): Markup {
  const hint = panels.length > 1 ? html`<p class="hint">${panels.length} drawings: scroll sideways</p>` : NOTHING;
  return html`${hint}
    <div class="panels ${kind} line" tabindex="0" role="region" aria-label="${label}">${panels}</div>`;
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
