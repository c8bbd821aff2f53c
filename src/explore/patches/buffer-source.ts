/**
 * The buffer under test, which is another one after every schedule that grew it: a SharedArrayBuffer cannot shrink.
 * Whoever lays out the next schedule makes the new buffer and sends it to all workers, which take it up at their turn.
 */
import { BroadcastChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Word, type Board } from '../engine/board.ts';

/** The constructor from before it is replaced. */
const Bytes = Uint8Array;

interface NewBuffer {
  readonly generation: number;
  readonly buffer: SharedArrayBuffer;
}

/** Makes a buffer, growable where `maxBytes` is given. */
export function makeBuffer(bytes: number, maxBytes: number | undefined): SharedArrayBuffer {
  return maxBytes === undefined
    ? new SharedArrayBuffer(bytes)
    : new SharedArrayBuffer(bytes, { maxByteLength: maxBytes });
}

/** One worker's hold of the buffer under test. */
export class BufferSource {
  readonly #board: Board;
  readonly #bytes: number;
  readonly #maxBytes: number | undefined;
  readonly #image: Uint8Array<SharedArrayBuffer>;
  readonly #channel: BroadcastChannel;
  #generation = 0;
  #buffer: SharedArrayBuffer;
  #memory: Uint8Array<SharedArrayBuffer>;

  constructor(board: Board, buffer: SharedArrayBuffer, image: SharedArrayBuffer, channel: string, maxBytes?: number) {
    this.#board = board;
    this.#bytes = image.byteLength;
    this.#maxBytes = maxBytes;
    this.#buffer = buffer;
    this.#memory = new Bytes(buffer, 0, this.#bytes);
    this.#image = new Bytes(image);
    this.#channel = new BroadcastChannel(channel);
    this.#channel.unref();
  }

  /** The buffer of this schedule. */
  get buffer(): SharedArrayBuffer {
    if (this.#board.words[Word.GENERATION] !== this.#generation) this.#catchUp();
    return this.#buffer;
  }

  /** Keeps what `setup` left as the bytes that every schedule begins with. */
  keepImage(): void {
    this.#image.set(this.#memory);
  }

  /** Makes the bytes what they were after `setup`. */
  layOut(): void {
    if (this.buffer.byteLength !== this.#bytes) this.#renew();
    this.#memory.set(this.#image);
  }

  /** A private copy of all bytes, for `restore`. */
  snapshot(): Uint8Array {
    return new Bytes(this.buffer).slice();
  }

  /** Makes the bytes what they were at `snapshot`; a buffer that grew since keeps its length. */
  restore(snapshot: Uint8Array): void {
    new Bytes(this.buffer, 0, snapshot.length).set(snapshot);
  }

  #renew(): void {
    const generation = ++this.#board.words[Word.GENERATION];
    const buffer = makeBuffer(this.#bytes, this.#maxBytes);
    this.#channel.postMessage({ generation, buffer } satisfies NewBuffer);
    this.#take({ generation, buffer });
  }

  /** The message was sent before the baton came here, so it is there or about to be. */
  #catchUp(): void {
    while (this.#generation !== this.#board.words[Word.GENERATION]) {
      const received = receiveMessageOnPort(this.#channel as never);
      if (received !== undefined) this.#take(received.message as NewBuffer);
    }
  }

  #take({ generation, buffer }: NewBuffer): void {
    this.#generation = generation;
    this.#buffer = buffer;
    this.#memory = new Bytes(buffer, 0, this.#bytes);
  }
}
