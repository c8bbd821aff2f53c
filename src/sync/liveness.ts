/**
 * Who is alive. A thread that dies inside the lock can only be replaced when its death is known, never guessed from
 * silence: a slow thread would be robbed. What a platform knows stands behind this interface, so that browsers,
 * processes and tests can bring their own knowledge.
 */

/** Greatest identity: 44 bits share a 64-bit word with the generation of a thread slot. */
export const IDENTITY_LIMIT: number = 2 ** 44;

/** Knowledge about the threads that share a heap. */
export interface Liveness {
  /** Identity of the calling thread: a whole number from 1 to 2⁴⁴ − 1 that no other thread has had. */
  self(): number;
  /**
   * `false` only if the thread with this identity is certainly gone. Anything else, an exception included, means that
   * it lives or that nothing is known. Never asked about the calling thread.
   */
  isAlive(identity: number): boolean;
  /** Learns that the worker with this `threadId` of worker_threads has ended, for `isAlive` to know. */
  noteExit?(workerId: number): void;
}

/** @internal */
interface Builtins {
  'node:fs': typeof import('node:fs');
  'node:worker_threads': typeof import('node:worker_threads');
}

/**
 * A builtin module of Node, or `undefined` in a browser. The core never imports `node:` modules statically.
 *
 * @internal
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  return globalThis.process?.getBuiltinModule?.(name) as Builtins[Name] | undefined;
}

/** `threadId` of worker_threads, 0 on a main thread; `undefined` outside Node. */
export function workerThreadId(): number | undefined {
  return builtin('node:worker_threads')?.threadId;
}
