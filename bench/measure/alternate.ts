/**
 * Alternating rounds: every contestant runs one round, then every one the next, so that a machine which is busy for a
 * while slows all alike. Compare minima: they are the rounds that nothing disturbed, and on a shared machine equal
 * code differs by 5 % in minima of 15 rounds, by 10 % in medians.
 */
import { Lane, type LaneOptions } from './lane.ts';

/** Nanoseconds per operation over all rounds of one contestant. */
export interface Summary {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
  /** Operations of one thread in each round. */
  readonly operations: number;
}

/** What came of a contestant: figures, or the message with which it failed. */
export type Outcome = Summary | { readonly failure: string };

/** How long and how often. */
export interface Effort {
  readonly rounds: number;
  /** A round has as many operations as take about this long… */
  readonly roundMs: number;
  /** …in steps of this many, and at least one step. */
  readonly step: number;
  /** Operations before anything is measured, at least. */
  readonly warmUp: number;
}

/** Runs all lanes in alternating rounds; outcomes come in the order of `lanes`. */
export async function alternate<Parameters>(lanes: LaneOptions<Parameters>[], effort: Effort): Promise<Outcome[]> {
  const contestants: Contestant[] = [];
  for (const options of lanes) contestants.push(await Contestant.enter(options, effort));
  for (let round = 0; round < effort.rounds; round++) {
    for (const contestant of contestants) await contestant.runRound();
  }
  return Promise.all(contestants.map((contestant) => contestant.leave()));
}

export function isFailure(outcome: Outcome): outcome is { readonly failure: string } {
  return 'failure' in outcome;
}

class Contestant {
  readonly #samples: number[] = [];
  #lane: Lane | undefined;
  #operations = 0;
  #failure: string | undefined;

  static async enter<Parameters>(options: LaneOptions<Parameters>, effort: Effort): Promise<Contestant> {
    const contestant = new Contestant();
    await contestant.#attempt(async () => {
      contestant.#lane = await Lane.open(options);
      contestant.#operations = await operationsFor(contestant.#lane, effort);
    });
    return contestant;
  }

  async runRound(): Promise<void> {
    const lane = this.#lane;
    if (lane === undefined || this.#failure !== undefined) return;
    await this.#attempt(async () => {
      this.#samples.push((await lane.run(this.#operations)) / this.#operations);
    });
  }

  async leave(): Promise<Outcome> {
    await this.#lane?.close();
    return this.#failure === undefined ? summaryOf(this.#samples, this.#operations) : { failure: this.#failure };
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
  }
}

/** Warms up and finds how many operations make a round. */
async function operationsFor(lane: Lane, { roundMs, step, warmUp }: Effort): Promise<number> {
  const target = roundMs * 1e6;
  await lane.run(Math.ceil(warmUp / step) * step);
  for (let operations = step; ; operations *= 2) {
    const nanoseconds = await lane.run(operations);
    if (nanoseconds >= target / 2) return Math.max(1, Math.round((operations * target) / nanoseconds / step)) * step;
  }
}

function summaryOf(samples: number[], operations: number): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  return { minimum: sorted[0], median: sorted[sorted.length >> 1], maximum: sorted.at(-1)!, operations };
}
