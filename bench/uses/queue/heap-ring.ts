/** A ring of addresses; each message is a block of its own length, which the receiver frees. */
import { MemoryManager, type HeapHandle } from '../../../src/index.ts';
import type { MessageRing } from './queue-ways.ts';
import { RingTurns, TURN_WORDS } from './ring-turns.ts';

const PLACES = 1024;
const HEAP_BYTES = 16 * 2 ** 20;

export interface SharedHeapRing {
  readonly handle: HeapHandle;
  readonly words: Int32Array<SharedArrayBuffer>;
}

export function shareHeapRing(): SharedHeapRing {
  const words = new Int32Array(new SharedArrayBuffer((TURN_WORDS + 2 * PLACES) * Int32Array.BYTES_PER_ELEMENT));
  return { handle: new MemoryManager(HEAP_BYTES).handle, words };
}

export class HeapRing implements MessageRing {
  readonly #heap: MemoryManager;
  readonly #turns: RingTurns;
  /** Address and byte length of the message in each place. */
  readonly #places: Int32Array;

  constructor({ handle, words }: SharedHeapRing) {
    this.#heap = MemoryManager.attach(handle);
    this.#turns = new RingTurns(words, PLACES);
    this.#places = words.subarray(TURN_WORDS);
  }

  send(text: string): void {
    const bytes = Buffer.from(text);
    const address = this.#heap.allocate(bytes.length)!;
    this.#heap.write(address, bytes);
    const place = this.#turns.enter();
    this.#places[2 * place] = address;
    this.#places[2 * place + 1] = bytes.length;
    this.#turns.entered();
  }

  receive(): string {
    const place = this.#turns.leave();
    const address = this.#places[2 * place];
    const text = Buffer.from(this.#heap.buffer, address, this.#places[2 * place + 1]).toString();
    this.#turns.left();
    this.#heap.deallocate(address);
    return text;
  }
}
