/**
 * How a stress run goes on, while it does: a bar on a terminal, plain lines elsewhere, nothing when it is to be quiet.
 * All of it goes to stderr, so that stdout holds the result alone.
 */
import { SingleBar } from 'cli-progress';
import type { Job } from '../../stress/run/job.ts';
import type { RunProgress } from '../../stress/run/run.ts';
import type { StressObserver } from '../../stress/run/stress.ts';
import { bytes, count, percent, rate } from '../../quantity.ts';
import { columnsOf } from './terminal.ts';
import { factsWithin } from './words.ts';

const BAR_FORMAT = '{name} {bar} {percentage} % │ {facts}';
const BAR_STEPS = 1000;
const BAR_WIDTH = 24;
const LEAST_BAR_WIDTH = 8;
const NAME_WIDTH = 13;
/** Of a line with a bar, what is neither bar nor facts; a terminal's last column stays empty. */
const OTHER_WIDTH = NAME_WIDTH + ' '.length + ' 100 % │ '.length + 1;
/** Facts that a line should have room for. */
const FACTS_WIDTH = 32;
const LINE_PERIOD_MS = 2000;

export function progressOn(stream: NodeJS.WriteStream, quiet: boolean): StressObserver {
  if (quiet) return new Silence();
  return stream.isTTY ? new Bars(stream) : new Lines(stream);
}

class Silence implements StressObserver {
  started(): void {}
  progressed(): void {}
  finished(): void {}
}

class Bars implements StressObserver {
  readonly #stream: NodeJS.WriteStream;
  #bar: SingleBar | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get #barWidth(): number {
    const room = columnsOf(this.#stream) - OTHER_WIDTH - FACTS_WIDTH;
    return Math.min(BAR_WIDTH, Math.max(LEAST_BAR_WIDTH, room));
  }

  started(job: Job): void {
    this.#bar = new SingleBar({
      format: BAR_FORMAT,
      stream: this.#stream,
      barsize: this.#barWidth,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
    });
    this.#bar.start(BAR_STEPS, 0, { name: shortened(job.name), facts: 'starting threads' });
  }

  progressed(progress: RunProgress): void {
    this.#bar?.update(Math.floor(progress.fraction * BAR_STEPS), {
      facts: factsWithin(factsOf(progress), columnsOf(this.#stream) - OTHER_WIDTH - this.#barWidth),
    });
  }

  finished(): void {
    this.#bar?.update(BAR_STEPS);
    this.#bar?.stop();
  }
}

class Lines implements StressObserver {
  readonly #stream: NodeJS.WriteStream;
  #name = '';
  #nextLineMs = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  started(job: Job): void {
    this.#name = job.name;
    this.#nextLineMs = performance.now() + LINE_PERIOD_MS;
    this.#stream.write(`${this.#name}: ${job.streamCount} threads\n`);
  }

  progressed(progress: RunProgress): void {
    if (performance.now() < this.#nextLineMs) return;
    this.#nextLineMs = performance.now() + LINE_PERIOD_MS;
    const facts = [`${this.#name}: ${Math.floor(progress.fraction * 100)} %`, ...factsOf(progress)];
    this.#stream.write(`${factsWithin(facts, columnsOf(this.#stream))}\n`);
  }

  finished(): void {}
}

/** The most important first: a line has not always room for all. */
function factsOf({ round, operations, operationsPerSecond, liveBytes, ...rest }: RunProgress): string[] {
  const { externalFragmentation, deaths, violations } = rest;
  const facts = [
    rate(operationsPerSecond),
    `${count(violations)} ${violations === 1 ? 'violation' : 'violations'}`,
    `${bytes(liveBytes)} live`,
    `round ${round}`,
    `${count(operations)} operations`,
    `${percent(externalFragmentation)} of the free memory in pieces`,
  ];
  return deaths > 0 ? [`${count(deaths)} ${deaths === 1 ? 'death' : 'deaths'}`, ...facts] : facts;
}

function shortened(name: string): string {
  return name.length <= NAME_WIDTH ? name.padEnd(NAME_WIDTH) : `${name.slice(0, NAME_WIDTH - 1)}…`;
}
