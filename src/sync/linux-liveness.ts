/**
 * What Linux knows of threads: `/proc/self/task/<tid>` vanishes with the thread. A thread is its id and its start
 * time, since ids are used again.
 *
 * `/proc` may be out of reach: no file descriptor is left, Node's permission model or Deno denies it, it is not
 * mounted, or hides processes. What cannot be read is no knowledge. So a death is believed only while one's own entry
 * can be read, and a thread that cannot read its own when it attaches is known by its exit only.
 */
import { EXIT_KIND, ExitLiveness, MARK_LIMIT, THREAD_ID_LIMIT } from './exit-liveness.ts';
import type { Liveness } from './liveness.ts';

/** What is needed of `node:fs`. */
export interface ProcFiles {
  readFileSync(path: string, encoding: 'latin1'): string;
}

/** Position of `state` and `starttime` among the fields of `/proc/…/stat` that follow the command name, see proc(5). */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

const OWN_ENTRY = '/proc/thread-self/stat';

interface Entry {
  readonly threadId: number;
  /** In clock ticks, reduced to its low bits. */
  readonly startTime: number;
}

/** Asks `/proc`, and falls back to exits. */
export class LinuxLiveness implements Liveness {
  readonly #files: ProcFiles;
  readonly #exits = new ExitLiveness();

  constructor(files: ProcFiles) {
    this.#files = files;
  }

  self(): number {
    const entry = this.#read(OWN_ENTRY);
    if (typeof entry === 'string') return this.#exits.self();
    return entry.startTime * THREAD_ID_LIMIT + entry.threadId;
  }

  isAlive(identity: number): boolean {
    if (identity >= EXIT_KIND) return this.#exits.isAlive(identity);
    const entry = this.#read(`/proc/self/task/${identity % THREAD_ID_LIMIT}/stat`);
    if (entry === 'unknown') return true;
    const isThere = entry !== 'gone' && entry.startTime === Math.floor(identity / THREAD_ID_LIMIT);
    return isThere || typeof this.#read(OWN_ENTRY) === 'string';
  }

  noteExit(workerId: number): void {
    this.#exits.noteExit(workerId);
  }

  #read(path: string): Entry | 'gone' | 'unknown' {
    try {
      return entryOf(this.#files.readFileSync(path, 'latin1'));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException | undefined)?.code;
      return code === 'ENOENT' || code === 'ESRCH' ? 'gone' : 'unknown';
    }
  }
}

/** `tid (command name) state …`; a command name may hold anything. */
function entryOf(stat: string): Entry | 'gone' | 'unknown' {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[STATE_FIELD];
  if (state === 'Z' || state === 'X') return 'gone';
  const threadId = Number.parseInt(stat, 10);
  const startTime = Number(fields[START_TIME_FIELD]);
  const isWhole = threadId > 0 && threadId < THREAD_ID_LIMIT && Number.isInteger(startTime) && startTime >= 0;
  return isWhole ? { threadId, startTime: startTime % MARK_LIMIT } : 'unknown';
}
