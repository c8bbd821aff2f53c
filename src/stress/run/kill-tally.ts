/**
 * How many threads are still to be terminated, and what the deaths so far have done.
 */
import type { Meters } from '../measures/meters.ts';
import type { RoundResult } from './round.ts';
import type { KillResult } from '../results/stress-result.ts';

/** After so many deaths everything is stopped and verified. */
const KILLS_PER_ROUND = 50;

export class KillTally {
  deaths = 0;
  readonly #wanted: number;
  #operationsInFlight = 0;
  #blocksInFlight = 0;
  #blocksRecovered = 0;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  get left(): number {
    return this.#wanted - this.deaths;
  }

  get nextRound(): number {
    return Math.min(KILLS_PER_ROUND, this.left);
  }

  add({ deaths, operationsInFlight, sweep }: RoundResult): void {
    this.deaths += deaths;
    if (deaths === 0) return;
    this.#operationsInFlight += operationsInFlight;
    this.#blocksInFlight += sweep.blocksInFlight;
    this.#blocksRecovered += sweep.blocksRecovered;
  }

  result(meters: Meters, lockSeizures: number, seconds: number, streamCount: number): KillResult | null {
    if (this.#wanted === 0) return null;
    const waits = Array.from({ length: streamCount }, (_, stream) => meters.longestWaitMsOf(stream));
    return {
      wanted: this.#wanted,
      deaths: this.deaths,
      deathsPerSecond: seconds === 0 ? 0 : this.deaths / seconds,
      lockSeizures,
      tablesRebuilt: meters.tablesRebuilt,
      slabsAdopted: meters.slabsAdopted,
      operationsInFlight: this.#operationsInFlight,
      blocksInFlight: this.#blocksInFlight,
      blocksRecovered: this.#blocksRecovered,
      longestWaitMs: Math.max(0, ...waits),
    };
  }
}
