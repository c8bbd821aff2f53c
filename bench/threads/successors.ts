/**
 * A contestant whose threads live for one round: those of the next are their successors on the same heap. As in a
 * program whose threads come and go, each starts with code that is not compiled yet.
 */
import type { Contestant } from '../measure/contestant.ts';
import { Lane, type LaneOptions } from '../measure/lane.ts';

export class Successors<Parameters> implements Contestant {
  readonly #options: LaneOptions<Parameters>;

  constructor(options: LaneOptions<Parameters>) {
    this.#options = options;
  }

  async run(count: number): Promise<number> {
    const lane = await Lane.open(this.#options);
    try {
      return await lane.run(count);
    } finally {
      await lane.close();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
