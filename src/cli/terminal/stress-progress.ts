/**
 * How a stress run goes on, while it does: a bar on a terminal, plain lines elsewhere, nothing when it is to be quiet.
 * All of it goes to stderr, so that stdout holds the result alone.
 */
import { SingleBar } from 'cli-progress';
import type { Job } from '../../stress/run/job.ts';
import type { RunProgress } from '../../stress/run/run.ts';
import type { StressObserver } from '../../stress/run/stress.ts';
import { bytes, count, percent, rate } from '../../quantity.ts';

const BAR_FORMAT = '{name} {bar} {percentage} % │ {facts}';
const BAR_STEPS = 1000;
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

  started(job: Job): void {
    this.#bar = new SingleBar({
      format: BAR_FORMAT,
      stream: this.#stream,
      barsize: 24,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
    });
    this.#bar.start(BAR_STEPS, 0, { name: job.name.padEnd(13), facts: 'starting threads' });
  }

  progressed(progress: RunProgress): void {
    this.#bar?.update(Math.floor(progress.fraction * BAR_STEPS), { facts: factsOf(progress) });
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
    this.#stream.write(`${this.#name}: ${Math.floor(progress.fraction * 100)} %, ${factsOf(progress)}\n`);
  }

  finished(): void {}
}

function factsOf({ round, operations, operationsPerSecond, liveBytes, ...rest }: RunProgress): string {
  const { externalFragmentation, deaths, violations } = rest;
  const facts = [
    `round ${round}`,
    `${count(operations)} operations`,
    rate(operationsPerSecond),
    `${bytes(liveBytes)} live`,
    `${percent(externalFragmentation)} fragmented`,
  ];
  if (deaths > 0) facts.push(`${count(deaths)} deaths`);
  facts.push(`${count(violations)} violations`);
  return facts.join(', ');
}
