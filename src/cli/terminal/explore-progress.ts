/**
 * How a long search goes, on stderr: one line that is written anew on a terminal, a line now and then elsewhere. A search
 * that is over in no time says nothing.
 */
import type { Progress } from '../../explore/outcome/progress.ts';
import { columnsOf } from './terminal.ts';
import { cutAtWords } from './words.ts';

const SILENT_SECONDS = 2;
const LINE_SECONDS = 10;
const ERASE_LINE = '\r\u001B[2K';

/** Shows progress on a stream. */
export class ExploreProgress {
  readonly #stream: NodeJS.WriteStream;
  #shownAt = -Infinity;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(progress: Progress): void {
    if (progress.seconds < SILENT_SECONDS) return;
    const line = cutAtWords(describeProgress(progress), columnsOf(this.#stream) - 1);
    if (this.#stream.isTTY) this.#stream.write(ERASE_LINE + line);
    else if (progress.seconds - this.#shownAt >= LINE_SECONDS) this.#stream.write(`${line}\n`);
    else return;
    this.#shownAt = progress.seconds;
  }

  /** Leaves the terminal as it was. */
  end(): void {
    if (this.#stream.isTTY && this.#shownAt > 0) this.#stream.write(ERASE_LINE);
  }
}

/** `12,345 schedules in 8 s, 1,543/s; 42 % of 2 preemptions; about 11 s left`: a line of 80 columns has room for it. */
export function describeProgress(progress: Progress): string {
  const { seconds, schedules, schedulesPerSecond, preemptions, fraction, schedulesLeft, isLowerBound } = progress;
  const share = `${Math.floor(fraction * 100)} %`;
  const noun = preemptions === 1 ? 'preemption' : 'preemptions';
  const where = preemptions === null ? share : `${share} of ${preemptions} ${noun}`;
  const left = duration(schedulesLeft / Math.max(schedulesPerSecond, 1));
  return (
    `${number(schedules)} schedules in ${duration(seconds)}, ${number(schedulesPerSecond)}/s; ${where}; ` +
    `${isLowerBound ? 'at least' : 'about'} ${left} left`
  );
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${number(Math.round(seconds / 360) / 10)} h`;
}

const number = (value: number): string => value.toLocaleString('en-US');
