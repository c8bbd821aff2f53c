/**
 * The constructor `SharedArrayBuffer` as modules, `setup` and threads get it: what it makes comes under control.
 */
import type { ThreadContext } from './thread-context.ts';

/** Where a buffer is made decides who controls it. */
export const Making = { NOBODY: 0, SETUP: 1, THREAD: 2 } as const;

/** Replaces the global constructor; `who` tells who makes buffers now, `onSetup` takes those of `setup`. */
export function patchBuffers(
  context: ThreadContext,
  who: () => number,
  onSetup: (buffer: SharedArrayBuffer) => void,
): void {
  const constructor = SharedArrayBuffer;
  const replacement: SharedArrayBufferConstructor = new Proxy(constructor, {
    construct(target, given: unknown[], newTarget): object {
      const made = Reflect.construct(
        target,
        given,
        newTarget === replacement ? target : newTarget,
      ) as SharedArrayBuffer;
      const maker = who();
      if (maker === Making.SETUP) onSetup(made);
      else if (maker === Making.THREAD) context.buffers.noteMade(made);
      return made;
    },
  });
  Object.defineProperty(constructor.prototype, 'constructor', {
    value: replacement,
    writable: true,
    configurable: true,
  });
  Object.defineProperty(globalThis, 'SharedArrayBuffer', { value: replacement, writable: true, configurable: true });
}
