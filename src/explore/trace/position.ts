/**
 * Where the code under test stands: the innermost frame of the stack that is not the explorer's. The engine maps
 * positions of transformed TypeScript back to the `.ts` line, because the workers run with source maps on.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** In the built package, frames are those of the sources where maps are used, and else those of its files. */
const PLACES = import.meta.url.endsWith('.ts') ? ['../'] : ['../src/explore/', './explore'];
const ENGINE = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
const FRAMES = 16;

/** `file:line:column` of the code that called the explorer, relative to the current directory, or an empty string. */
export function userPosition(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  const position = positionIn(new Error('position').stack ?? '');
  Error.stackTraceLimit = stackTraceLimit;
  return position;
}

/** The position of the first frame of a stack that is neither the explorer's nor Node's. */
export function positionIn(stack: string): string {
  for (const line of stack.split('\n').slice(1)) {
    const place = /\(?((?:file:\/\/)?\/[^()]*|[A-Za-z]:\\[^()]*):(\d+):(\d+)\)?$/.exec(line.trim());
    if (place === null) continue;
    const [, file = '', row = '', column = ''] = place;
    const path = file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*/, '')) : file.replace(/\?.*/, '');
    if (!ENGINE.some((engine) => path.startsWith(engine))) return `${relative(process.cwd(), path)}:${row}:${column}`;
  }
  return '';
}
