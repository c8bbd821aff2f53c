/** A way of sharing data as a contestant of alternating rounds; notes CPU time and memory beside the time that it returns. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Contestant } from '../measure/contestant.ts';
import type { UseFigures } from './use.ts';

/** The best of what the rounds took, by operation. */
export interface UseNotes {
  cpu: number;
  resident: number | undefined;
}

export class UseContestant implements Contestant {
  readonly #process: ChildProcess;
  readonly #notes: UseNotes;

  constructor(use: string, way: string, variant: number, notes: UseNotes) {
    this.#process = fork(new URL('use-process.js', import.meta.url), [use, way, String(variant)]);
    this.#notes = notes;
  }

  async run(count: number): Promise<number> {
    const [{ wall, cpu, resident }] = await this.#answerTo(count);
    this.#notes.cpu = Math.min(this.#notes.cpu, cpu / count);
    this.#notes.resident = resident;
    return wall;
  }

  #answerTo(count: number): Promise<[UseFigures]> {
    const answer = once(this.#process, 'message') as Promise<[UseFigures]>;
    const end = once(this.#process, 'exit').then(() => Promise.reject(new Error('its process ended')));
    this.#process.send(count);
    return Promise.race([answer, end]);
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const end = once(this.#process, 'exit');
    this.#process.disconnect();
    await end;
  }
}
