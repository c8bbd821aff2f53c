/** A ring of slots as long as the longest message. */
import type { MessageRing } from './queue-ways.ts';
import { RingTurns, TURN_WORDS } from './ring-turns.ts';

const PLACES = 1024;
const SLOT_BYTES = 2048;
const LENGTH_BYTES = 4;

export interface SharedFixedRing {
  readonly words: Int32Array;
  readonly slots: SharedArrayBuffer;
}

export function shareFixedRing(): SharedFixedRing {
  const words = new Int32Array(new SharedArrayBuffer(TURN_WORDS * Int32Array.BYTES_PER_ELEMENT));
  return { words, slots: new SharedArrayBuffer(PLACES * SLOT_BYTES) };
}

export class FixedRing implements MessageRing {
  readonly #turns: RingTurns;
  readonly #slots: Buffer<SharedArrayBuffer>;

  constructor({ words, slots }: SharedFixedRing) {
    this.#turns = new RingTurns(words, PLACES);
    this.#slots = Buffer.from(slots);
  }

  send(text: string): void {
    const start = this.#turns.enter() * SLOT_BYTES;
    const length = this.#slots.write(text, start + LENGTH_BYTES, SLOT_BYTES - LENGTH_BYTES);
    this.#slots.writeInt32LE(length, start);
    this.#turns.entered();
  }

  receive(): string {
    const start = this.#turns.leave() * SLOT_BYTES;
    const end = start + LENGTH_BYTES + this.#slots.readInt32LE(start);
    const text = this.#slots.toString('utf8', start + LENGTH_BYTES, end);
    this.#turns.left();
    return text;
  }
}
