/**
 * What was thrown, in one line with the place in the user's code.
 */
import { positionIn, textOfStack } from './position.ts';

/** `TypeError: message (file:line:column)`. */
export function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `thrown: ${String(thrown)}`;
  const position = positionIn(textOfStack(thrown.stack));
  const place = position === '' ? '' : ` (${position})`;
  return `${thrown.name}: ${firstLine(thrown.message)}${place}`;
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
