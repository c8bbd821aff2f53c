/**
 * A contestant in a process of its own, native or not. It gets a number of operations as a line on its standard input
 * and answers with a line: the nanoseconds that they took, or what it failed with.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Contestant } from '../measure/contestant.ts';

/** How to start the process. */
export interface ProcessCommand {
  readonly file: string;
  readonly words: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export class ProcessLane implements Contestant {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  static async open({ file, words, env = process.env }: ProcessCommand): Promise<ProcessLane> {
    const child = spawn(file, words, { env });
    await once(child, 'spawn');
    child.stderr.pipe(process.stderr);
    return new ProcessLane(child);
  }

  async run(count: number): Promise<number> {
    this.#child.stdin.write(`${count}\n`);
    const { done, value } = await this.#answers.next();
    if (done === true) throw new Error('the process ended');
    if (!/^\d+$/u.test(value)) throw new Error(value);
    return Number(value);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}
