/** What the terminal can show: how wide it is, and whether in colour. */
import { createColors } from 'picocolors';

const DEFAULT_COLUMNS = 80;

type Environment = Readonly<Record<string, string | undefined>>;

/** Characters in a line. A terminal may not know its size, and then says 0. */
export function columnsOf(stream: { readonly columns?: number }): number {
  return stream.columns || DEFAULT_COLUMNS;
}

/** `NO_COLOR` forbids colours and `FORCE_COLOR` asks for them, unless it is 0; otherwise a terminal has them. */
export function hasColours(stream: { readonly isTTY?: boolean }, environment: Environment = process.env): boolean {
  const { NO_COLOR: forbidden = '', FORCE_COLOR: forced, TERM: terminal } = environment;
  if (forbidden !== '') return false;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && terminal !== 'dumb';
}

/** For what goes to stdout. */
export const colours: ReturnType<typeof createColors> = createColors(hasColours(process.stdout));
