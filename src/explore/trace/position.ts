/**
 * Where the code under test stands: the innermost frame of the stack that is not the explorer's. The engine maps
 * positions of transformed TypeScript back to the `.ts` line, because the workers run with source maps on.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stackOutside } from '../engine/call-site.ts';

/** In the built package, frames are those of the sources where maps are used, and else those of its files. */
const PLACES = import.meta.url.endsWith('.ts') ? ['../'] : ['../src/explore/', './explore'];
const ENGINE = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
const FRAMES = 16;
/** Asked once: in a worker, Node asks the main thread through a shared buffer. */
const FOLDER = process.cwd();

/** `file:line:column` of the code that called the explorer, relative to the current directory, or an empty string. */
export const userPosition = (): string => positionIn(stackHere());

/** The same, but an empty string where Node itself called. */
export function callerPosition(): string {
  const lines = stackHere().split('\n').slice(1);
  const caller = lines.find((line) => !ENGINE.some((engine) => line.includes(engine)));
  return caller === undefined || caller.includes('node:') ? '' : positionIn(['', caller].join('\n'));
}

function stackHere(): string {
  return textOfStack(stackOutside(stackHere, FRAMES));
}

/** A stack as text: `Error.prepareStackTrace` of the code under test may make a list of it. */
export const textOfStack = (stack: unknown): string =>
  Array.isArray(stack) ? ['', ...(stack as unknown[])].join('\n') : String(stack);

/** The position of the first frame of a stack that is neither the explorer's nor Node's. */
export function positionIn(stack: string): string {
  for (const line of stack.split('\n').slice(1)) {
    const place = /(?:^|[\s(])((?:file:\/\/)?\/[^()]*|[A-Za-z]:\\[^()]*):(\d+):(\d+)\)?$/.exec(line.trim());
    if (place === null) continue;
    const [, file = '', row = '', column = ''] = place;
    const path = file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*/, '')) : file.replace(/\?.*/, '');
    if (!ENGINE.some((engine) => path.startsWith(engine))) return `${relative(FOLDER, path)}:${row}:${column}`;
  }
  return '';
}
