/**
 * Message ports inside a scenario: ordered queues under the control of the explorer.
 *
 * How many messages a port has is a word of shared memory, so to post and to look for a message are operations like
 * others, with the same rules: an addition and a notification, a load. The messages themselves lie in the mail, as bytes.
 * A port with a listener waits for its word as `Atomics.waitAsync` does.
 */
import { MessagePort as NativePort } from 'node:worker_threads';
import { FIRST_PORT_BOX, type Mail } from '../buffers/mail.ts';
import { unwrapped } from '../buffers/proxied-views.ts';

/** What a port needs of the worker in which it is used. */
export interface PortRoom {
  readonly mail: Pick<Mail, 'put' | 'take'>;
  /** A value as bytes and back. */
  readonly pack: (value: unknown) => Uint8Array;
  readonly unpack: (bytes: Uint8Array) => unknown;
  /** The promises of listeners, which nobody waits for when their thread has ended. */
  readonly listening: (pump: Promise<void>) => void;
}

type Listener = (value: unknown) => void;

/** Words of a channel: the messages that wait at its first port, and at its second. */
export const CHANNEL_BYTES = 8;

/** Makes the end of a channel again in another worker. */
export function portAt(
  buffer: SharedArrayBuffer,
  byteOffset: number,
  number: number,
  room: () => PortRoom,
): VirtualPort {
  return new VirtualPort(new Int32Array(buffer, byteOffset, 2), number >> 1, number & 1, room);
}

/** What a port is known by in other workers. */
export function portOf(value: object): { words: Int32Array; number: number } | undefined {
  return value instanceof VirtualPort
    ? { words: unwrapped(value.words), number: 2 * value.channel + value.side }
    : undefined;
}

/** One end of a channel. */
export class VirtualPort {
  /** The words of the channel, in a buffer under control, and which of them is this port's. */
  readonly words: Int32Array;
  readonly side: number;
  /** The number of the channel, which tells its boxes of mail. */
  readonly channel: number;
  readonly #room: () => PortRoom;
  readonly #listeners = new Map<Listener, (message: unknown) => void>();
  #onmessage: Listener | null = null;
  #isPumping = false;
  #isClosed = false;

  constructor(words: Int32Array, channel: number, side: number, room: () => PortRoom) {
    this.words = words;
    this.channel = channel;
    this.side = side;
    this.#room = room;
  }

  postMessage(value: unknown, transfer?: unknown): void {
    if (this.#isClosed) return;
    const { mail, pack } = this.#room();
    const bytes = pack(value);
    const other = 1 - this.side;
    Atomics.add(this.words, other, 1);
    mail.put(this.#box(other), bytes);
    detach(transfer);
    Atomics.notify(this.words, other);
  }

  /** The oldest message, as `receiveMessageOnPort` gives it. */
  receive(): { message: unknown } | undefined {
    if (this.#isClosed || Atomics.load(this.words, this.side) === 0) return undefined;
    Atomics.sub(this.words, this.side, 1);
    const { mail, unpack } = this.#room();
    const bytes = mail.take(this.#box(this.side));
    return bytes === undefined ? undefined : { message: unpack(bytes) };
  }

  on(event: string, listener: Listener): this {
    if (event === 'message') this.#listen(listener, listener);
    return this;
  }

  addListener(event: string, listener: Listener): this {
    return this.on(event, listener);
  }

  once(event: string, listener: Listener): this {
    if (event !== 'message') return this;
    const first: Listener = (message) => {
      this.#listeners.delete(listener);
      listener(message);
    };
    this.#listen(listener, first);
    return this;
  }

  off(event: string, listener: Listener): this {
    if (event === 'message') this.#listeners.delete(listener);
    return this;
  }

  removeListener(event: string, listener: Listener): this {
    return this.off(event, listener);
  }

  removeAllListeners(): this {
    this.#listeners.clear();
    return this;
  }

  addEventListener(event: string, listener: Listener, options?: { once?: boolean }): void {
    if (event !== 'message') return;
    const withEvent: Listener = (data) => {
      if (options?.once === true) this.#listeners.delete(listener);
      listener(eventOf(data, this));
    };
    // As in browsers, such a port is started by `start` or `onmessage`.
    this.#listeners.set(listener, withEvent);
    this.start();
  }

  removeEventListener(event: string, listener: Listener): void {
    this.off(event, listener);
  }

  get onmessage(): Listener | null {
    return this.#onmessage;
  }

  set onmessage(listener: Listener | null) {
    if (this.#onmessage !== null) this.#listeners.delete(this.#onmessage);
    this.#onmessage = listener;
    if (listener !== null) this.#listen(listener, (data) => listener(eventOf(data, this)));
  }

  start(): void {
    if (this.#isPumping || this.#isClosed) return;
    this.#isPumping = true;
    this.#room().listening(this.#pump());
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  #box(side: number): number {
    return FIRST_PORT_BOX + 2 * this.channel + side;
  }

  #listen(listener: Listener, call: (message: unknown) => void): void {
    this.#listeners.set(listener, call);
    this.start();
  }

  /** Delivers messages, one after the other, as long as anybody listens. */
  async #pump(): Promise<void> {
    await Promise.resolve();
    while (this.#listeners.size > 0) {
      const received = this.receive();
      if (received === undefined) {
        const waiting = Atomics.waitAsync(this.words, this.side, 0);
        if (waiting.async) await waiting.value;
      } else {
        const calls = [...this.#listeners.values()];
        for (const call of calls) call(received.message);
        await Promise.resolve();
      }
    }
    this.#isPumping = false;
  }
}

/** `instanceof MessagePort` holds, and what a virtual port lacks is no silent success of the native port's. */
Object.setPrototypeOf(VirtualPort.prototype, Object.create(NativePort.prototype, {}) as object);

const eventOf = (data: unknown, target: VirtualPort): object => ({
  type: 'message',
  data,
  target,
  currentTarget: target,
});

/** What is transferred is no longer here. */
function detach(transfer: unknown): void {
  const list = Array.isArray(transfer)
    ? transfer
    : ((transfer as { transfer?: unknown[] } | undefined)?.transfer ?? []);
  const buffers = list.filter((one): one is ArrayBuffer => one instanceof ArrayBuffer);
  if (buffers.length > 0) structuredClone(null, { transfer: buffers });
}
