/**
 * Alternating rounds: every contestant runs one round, then every one the next, so that a machine which is busy for a
 * while slows all alike. Compare minima: they are the rounds that nothing disturbed, and on a shared machine equal
 * code differs by 5 % in minima of 15 rounds, by 10 % in medians.
 */
import type { Contestant, Entry } from './contestant.ts';

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
  /** Operations of each round; or as many as take about `ms`, in steps of so many, and at least one step. */
  readonly perRound: number | { readonly ms: number; readonly step: number };
  /** Operations before anything is measured, at least. */
  readonly warmUp: number;
}

/** Runs all contestants in alternating rounds; outcomes come in the order of `entries`. */
export async function alternate(entries: readonly Entry[], effort: Effort): Promise<Outcome[]> {
  const candidates: Candidate[] = [];
  for (const entry of entries) candidates.push(await Candidate.enter(entry, effort));
  for (let round = 0; round < effort.rounds; round++) {
    for (const candidate of candidates) await candidate.runRound();
  }
  return Promise.all(candidates.map((candidate) => candidate.leave()));
}

export function isFailure(outcome: Outcome): outcome is { readonly failure: string } {
  return 'failure' in outcome;
}

/** A contestant and its figures so far. One that fails is left out of the rounds that follow. */
class Candidate {
  readonly #samples: number[] = [];
  #contestant: Contestant | undefined;
  #operations = 0;
  #failure: string | undefined;

  static async enter(entry: Entry, effort: Effort): Promise<Candidate> {
    const candidate = new Candidate();
    await candidate.#attempt(async () => {
      candidate.#contestant = await entry();
      candidate.#operations = await operationsFor(candidate.#contestant, effort);
    });
    return candidate;
  }

  async runRound(): Promise<void> {
    const contestant = this.#contestant;
    if (contestant === undefined || this.#failure !== undefined) return;
    await this.#attempt(async () => {
      this.#samples.push((await contestant.run(this.#operations)) / this.#operations);
    });
  }

  async leave(): Promise<Outcome> {
    await this.#contestant?.close();
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
async function operationsFor(contestant: Contestant, { perRound, warmUp }: Effort): Promise<number> {
  const step = typeof perRound === 'number' ? perRound : perRound.step;
  for (let done = 0; done < warmUp; done += step) await contestant.run(step);
  return typeof perRound === 'number' ? perRound : operationsIn(contestant, perRound.ms * 1e6, step);
}

async function operationsIn(contestant: Contestant, target: number, step: number): Promise<number> {
  for (let operations = step; ; operations *= 2) {
    const nanoseconds = await contestant.run(operations);
    if (nanoseconds >= target / 2) return Math.max(1, Math.round((operations * target) / nanoseconds / step)) * step;
  }
}

/** Of samples of one contestant, each in nanoseconds per operation. */
export function summaryOf(samples: number[], operations: number): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  return { minimum: sorted[0], median: sorted[sorted.length >> 1], maximum: sorted.at(-1)!, operations };
}
