/**
 * Whether code made a promise since it was last asked. A thread whose function is not async ends when it returns, unless it
 * left work for later; to find that out by waiting for it would cost every schedule a turn of the event loop.
 */
import { promiseHooks } from 'node:v8';

let made = false;

/** Begins to watch, once. */
export function watchPromises(): void {
  promiseHooks.onInit(() => {
    made = true;
  });
}

/** Forgets what was made so far. */
export function forgetPromises(): void {
  made = false;
}

/** Whether a promise was made since. */
export function madePromises(): boolean {
  return made;
}
