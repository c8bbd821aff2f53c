/**
 * A heap's memory as text: one character per cell, in rows of equal length, with a legend.
 *
 *   with colours     the colour says which band of sizes has most of what is live in the cell, the shade how full it is
 *   without          the letter says which band, a capital that more than half of the cell is live
 */
import { bytes } from '../quantity.ts';
import { sum } from '../sum.ts';
import { BAND_COUNT, BAND_NAMES, heapCells, type HeapCell, type InspectableHeap } from './heap-cells.ts';

export interface HeapMapOptions {
  /** Characters per line at most, at least 26; default 80. */
  readonly width?: number;
  /** Lines of the map itself at most; default 16. */
  readonly rows?: number;
  /** Colours (ANSI escape sequences) and shades in place of letters; default false. */
  readonly colour?: boolean;
}

const DEFAULT_WIDTH = 80;
const DEFAULT_ROWS = 16;
const MARGIN_WIDTH = 10;
/** Columns are a multiple of this, so that lines begin at round offsets. */
const COLUMN_STEP = 16;

/** From nearly empty to full. */
const SHADES = ['░', '▒', '▓', '█'] as const;
const LETTERS = ['a', 'b', 'c', 'd'] as const;
const FREE = '·';
const HELD = '-';
/** Colours of the terminal's own theme, told apart by people who see colours differently. */
const BAND_COLOURS = ['\x1b[96m', '\x1b[94m', '\x1b[95m', '\x1b[93m'] as const;
const DIM = '\x1b[90m';
const RESET = '\x1b[0m';

/** What one character shows: `colour` begins it, where there are colours. */
interface Glyph {
  readonly colour: string;
  readonly character: string;
}

/**
 * Draws where a heap's blocks and free runs lie.
 *
 * @param heap - a MemoryManager; while other threads work with it, the map shows about what it was like
 * @returns lines joined by `\n`, without one at the end
 */
export function heapMap(heap: InspectableHeap, options: HeapMapOptions = {}): string {
  const { width = DEFAULT_WIDTH, rows = DEFAULT_ROWS, colour = false } = options;
  const columns = columnsIn(width);
  const { cells, cellBytes } = heapCells(heap, columns * Math.max(1, Math.floor(rows)));
  const glyph = colour ? shadeOf : letterOf;
  const lines: string[] = [];
  for (let first = 0; first < cells.length; first += columns) {
    const margin = bytes(first * cellBytes).padStart(MARGIN_WIDTH - 1);
    const row = cells.slice(first, first + columns).map((cell) => glyph(cell));
    lines.push(`${margin} ${painted(row, colour)}`);
  }
  return [...lines, '', ...legend(cellBytes, colour, columns)].join('\n');
}

function columnsIn(width: number): number {
  return Math.max(1, Math.floor((width - MARGIN_WIDTH) / COLUMN_STEP)) * COLUMN_STEP;
}

function shadeOf(cell: HeapCell): Glyph {
  const band = fullestBand(cell);
  if (band < 0) return emptyGlyph(cell);
  const shade = Math.min(SHADES.length - 1, Math.floor(liveShare(cell) * SHADES.length));
  return { colour: BAND_COLOURS[band], character: SHADES[shade] };
}

function letterOf(cell: HeapCell): Glyph {
  const band = fullestBand(cell);
  if (band < 0) return emptyGlyph(cell);
  const letter = LETTERS[band];
  return { colour: '', character: liveShare(cell) > 1 / 2 ? letter.toUpperCase() : letter };
}

function emptyGlyph({ free, held }: HeapCell): Glyph {
  return { colour: DIM, character: held > free ? HELD : FREE };
}

/** The band with most live bytes in a cell; −1 when nothing lives there. */
function fullestBand({ live }: HeapCell): number {
  let fullest = -1;
  for (let band = 0; band < BAND_COUNT; band++) if (live[band] > (live[fullest] ?? 0)) fullest = band;
  return fullest;
}

function liveShare({ live, free, held }: HeapCell): number {
  const bytesLive = sum(live);
  return bytesLive / (bytesLive + free + held);
}

/** Runs of one colour get one escape sequence. */
function painted(glyphs: readonly Glyph[], colour: boolean): string {
  if (!colour) return glyphs.map(({ character }) => character).join('');
  let current = '';
  let line = '';
  for (const glyph of glyphs) {
    if (glyph.colour !== current) line += glyph.colour;
    current = glyph.colour;
    line += glyph.character;
  }
  return line + RESET;
}

function legend(cellBytes: number, colour: boolean, columns: number): string[] {
  const bands = BAND_NAMES.map((name, band) =>
    colour ? `${BAND_COLOURS[band]}█${RESET} ${name}` : `${LETTERS[band]} ${name}`,
  );
  const shades = colour ? `${SHADES.join('')} how full` : 'a capital: more than half full';
  const words = [`1 character = ${bytes(cellBytes)}`, ...bands, `${FREE} free`, `${HELD} kept by a slab`, shades];
  return wrapped(words, columns);
}

/** Words in lines of at most so many visible characters, set in as the map is. */
function wrapped(words: readonly string[], columns: number): string[] {
  const indent = ' '.repeat(MARGIN_WIDTH);
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const longer = line === '' ? word : `${line}   ${word}`;
    if (line !== '' && visibleLength(longer) > columns) lines.push(indent + line);
    line = line !== '' && visibleLength(longer) > columns ? word : longer;
  }
  return [...lines, indent + line];
}

function visibleLength(text: string): number {
  // oxlint-disable-next-line no-control-regex -- an escape sequence begins with a control character
  return text.replaceAll(/\x1b\[\d+m/g, '').length;
}
