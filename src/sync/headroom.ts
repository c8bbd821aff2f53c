/**
 * Room on the stack. A call that overflows the stack in the middle of private bookkeeping would leave it half done, so
 * paths that are slow anyway ask for room before they begin: then they overflow at a point where nothing has happened.
 */

/** As many bytes as the deepest of these paths takes, a question to the operating system included. */
const HEADROOM_BYTES = 12_288;
const BYTES_PER_ARGUMENT = 8;
const ARGUMENTS: readonly number[] = Array.from({ length: HEADROOM_BYTES / BYTES_PER_ARGUMENT }, () => 0);

function nothing(): void {
  // Its arguments fill the stack, and that is all.
}

/**
 * Takes about half a microsecond.
 *
 * @throws RangeError as any call does that finds no room on the stack
 */
export function requireHeadroom(): void {
  Reflect.apply(nothing, undefined, ARGUMENTS);
}
