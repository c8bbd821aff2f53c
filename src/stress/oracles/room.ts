/**
 * Whether a heap that says that it has no memory is right: told from its counters, without its lock.
 *
 * A reading is a moment's: others may take what it shows and give it back. So one refusal proves nothing; a hundred of
 * them, each between two readings that show room, have no excuse.
 */
import type { HeapHandle } from '../../index.ts';
import { Gauge } from '../measures/gauge.ts';

/** Free memory in one run that certainly serves a request: twice the size, and so much for a slab. */
const SLACK_BYTES = 64 * 1024;
const REFUSALS = 100;

export class Room {
  readonly #gauge: Gauge;

  constructor(handle: HeapHandle) {
    this.#gauge = new Gauge(handle);
  }

  /**
   * Asks again and again while there is room.
   *
   * @param needed - what `neededFor` says
   * @returns what `ask` gave in the end; 'no excuse' when it was refused too often
   */
  insist(needed: number, ask: () => number | null): number | null | 'no excuse' {
    for (let refusals = 1; this.#holds(needed); refusals++) {
      const address = ask();
      if (address !== null) return address;
      if (refusals === REFUSALS) return 'no excuse';
    }
    return null;
  }

  static neededFor(size: number, alignment = 0): number {
    return 2 * size + alignment + SLACK_BYTES;
  }

  #holds(bytes: number): boolean {
    const { largestFreeRun, growthBytes } = this.#gauge.read();
    return Math.max(largestFreeRun, growthBytes) >= bytes;
  }
}
