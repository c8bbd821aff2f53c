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
  /** `false` only if the thread with this identity is certainly gone; `true` when it lives or nothing is known. */
  isAlive(identity: number): boolean;
  /** Learns that the worker with this `threadId` of worker_threads has ended, for `isAlive` to know. */
  noteExit?(workerId: number): void;
}

interface Builtins {
  'node:fs': typeof import('node:fs');
  'node:worker_threads': typeof import('node:worker_threads');
}
type FileSystem = Builtins['node:fs'];

/** A builtin module of Node, or `undefined` in a browser. The core never imports `node:` modules statically. */
function builtin<Name extends 'node:fs' | 'node:worker_threads'>(name: Name): Builtins[Name] | undefined {
  return globalThis.process?.getBuiltinModule?.(name) as Builtins[Name] | undefined;
}

/** `threadId` of worker_threads, 0 on a main thread; `undefined` outside Node. */
export function workerThreadId(): number | undefined {
  return builtin('node:worker_threads')?.threadId;
}

/** The default: synchronous knowledge on Linux, elsewhere only what `noteExit` says. */
export function platformLiveness(): Liveness {
  const fs = builtin('node:fs');
  return fs !== undefined && process.platform === 'linux' ? new LinuxLiveness(fs) : new ExitLiveness();
}

/** Ids of threads take the low 22 bits of an identity, which is enough for Linux; a mark against reuse the others. */
const THREAD_ID_LIMIT = 2 ** 22;
const MARK_LIMIT = IDENTITY_LIMIT / THREAD_ID_LIMIT;

/** Threads are taken for alive until `noteExit`. An identity is the worker's id, which Node never uses again, and luck. */
export class ExitLiveness implements Liveness {
  readonly #ended = new Set<number>();

  self(): number {
    const mark = 1 + Math.floor(Math.random() * (MARK_LIMIT - 1));
    return mark * THREAD_ID_LIMIT + idOf(workerThreadId() ?? 0);
  }

  isAlive(identity: number): boolean {
    return !this.#ended.has(identity % THREAD_ID_LIMIT);
  }

  noteExit(workerId: number): void {
    this.#ended.add(idOf(workerId));
  }
}

/** Worker ids as they stand in an identity; the greatest possible ones would repeat after four million workers. */
const idOf = (workerId: number) => workerId % THREAD_ID_LIMIT;

/** Position of `state` and `starttime` among the fields of `/proc/…/stat` that follow the command name, see proc(5). */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

/** A thread is its id and its start time: `/proc/self/task/<tid>` vanishes with the thread, and ids are used again. */
class LinuxLiveness implements Liveness {
  readonly #fs: FileSystem;

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  self(): number {
    const link = this.#fs.readlinkSync('/proc/thread-self');
    const threadId = Number(link.slice(link.lastIndexOf('/') + 1));
    return this.#startTimeOf(threadId)! * THREAD_ID_LIMIT + threadId;
  }

  isAlive(identity: number): boolean {
    const startTime = Math.floor(identity / THREAD_ID_LIMIT);
    return this.#startTimeOf(identity % THREAD_ID_LIMIT) === startTime;
  }

  /** Start time in clock ticks, reduced to its low bits; `undefined` when there is no such thread any more. */
  #startTimeOf(threadId: number): number | undefined {
    let stat: string;
    try {
      stat = this.#fs.readFileSync(`/proc/self/task/${threadId}/stat`, 'latin1');
    } catch (error) {
      // Anything but "no such thread" is no knowledge of a death; let the caller see it.
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ESRCH') return undefined;
      throw error;
    }
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const gone = fields[STATE_FIELD] === 'Z' || fields[STATE_FIELD] === 'X';
    return gone ? undefined : Number(fields[START_TIME_FIELD]) % MARK_LIMIT;
  }
}
