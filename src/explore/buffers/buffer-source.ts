/**
 * The buffers that a schedule begins with: the scenario's own, and those that `setup` made. Before each schedule their
 * bytes are what `setup` left. A SharedArrayBuffer cannot shrink, so one that grew is replaced by another object: whoever
 * lays out the next schedule makes it and sends it to all workers, which take it up at their turn.
 */
import { BroadcastChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Word, type Board } from '../engine/board.ts';
import type { BufferRegistry, Part } from '../buffers/buffer-registry.ts';
import { threadName } from '../trace/schedule-string.ts';
import { fromBytes, type Objects } from './clone.ts';

/** What the code under test gets a replacement of. */
const [Channel, receive] = [BroadcastChannel, receiveMessageOnPort];
const Bytes = Uint8Array;
const Shared = SharedArrayBuffer;

interface NewBuffer {
  readonly generation: number;
  readonly id: number;
  readonly buffer: SharedArrayBuffer;
  /** Where a buffer lies that a thread passes on; `undefined` for one that takes the place of another. */
  readonly base: number | undefined;
}

/** What `setup` left, for all workers. */
export interface World {
  /** The first is the scenario's own buffer. */
  readonly parts: readonly Part[];
  /** Messages that `setup` posted, with their boxes. */
  readonly mail: readonly { readonly box: number; readonly bytes: Uint8Array }[];
  /** What `setup` returned, as bytes; `undefined` where that is nothing. */
  readonly shared: Uint8Array | undefined;
  /** Where the addresses of the threads' own buffers begin, and how many each thread has. */
  readonly threadBase: number;
  readonly threadBytes: number;
}

/** A byte address as people read it: of which buffer it is one, and where in that. */
export function placeIn({ parts, threadBase, threadBytes }: World, address: number): string {
  if (address >= threadBase && threadBytes > 0) {
    const thread = Math.floor((address - threadBase) / threadBytes);
    return `own ${threadName(thread)}+${(address - threadBase) % threadBytes}`;
  }
  const part = parts.findLast(({ base }) => base <= address);
  return part === undefined || part.label === '' ? String(address) : `${part.label}+${address - part.base}`;
}

/** Ids of buffers that threads made and passed on begin here; they last as long as the schedule. */
const FIRST_PASSED_ON = 1 << 20;

/** Makes a buffer, growable where `maxBytes` is given. */
export function makeBuffer(bytes: number, maxBytes: number | undefined): SharedArrayBuffer {
  return maxBytes === undefined ? new Shared(bytes) : new Shared(bytes, { maxByteLength: maxBytes });
}

/** One buffer as this worker holds it. */
interface Held {
  readonly part: Part;
  readonly image: Uint8Array<SharedArrayBuffer>;
  buffer: SharedArrayBuffer;
  memory: Uint8Array<SharedArrayBuffer>;
}

/** The bytes of all buffers that others can see. */
export type Snapshot = readonly { readonly buffer: SharedArrayBuffer; readonly bytes: Uint8Array }[];

/** One worker's hold of the buffers under test. */
export class BufferSource {
  readonly #board: Board;
  readonly #registry: BufferRegistry;
  readonly #held = new Map<number, Held>();
  readonly #shared: Uint8Array | undefined;
  readonly #channel: BroadcastChannel;
  /** The buffers by id. */
  readonly objects: Objects;
  #generation = 0;

  /** @param own - objects that this worker has for some of the buffers, because it made them */
  constructor(
    board: Board,
    registry: BufferRegistry,
    world: World,
    channel: string,
    own: ReadonlyMap<number, SharedArrayBuffer>,
    port: Objects['port'],
  ) {
    this.#board = board;
    this.#registry = registry;
    this.#shared = world.shared;
    this.#channel = new Channel(channel);
    // In an async thread the event loop may be first to receive.
    const onMessage = (event: MessageEvent<NewBuffer>): void => this.#take(event.data);
    (this.#channel as unknown as EventTarget).addEventListener('message', onMessage as (event: Event) => void);
    this.#channel.unref();
    this.objects = { buffer: (id) => this.#bufferOf(id), port };
    for (const part of world.parts) this.#hold(part, own.get(part.id) ?? part.buffer);
  }

  /** The scenario's own buffer in this schedule. */
  get buffer(): SharedArrayBuffer {
    if (this.#board.words[Word.GENERATION] !== this.#generation) this.#catchUp();
    return this.#bufferOf(0);
  }

  /** What `setup` returned, another object each time. */
  shared(): unknown {
    return this.#shared === undefined ? undefined : fromBytes(this.#shared, this.objects);
  }

  /** Makes the bytes what they were after `setup`. */
  layOut(): void {
    if (this.#board.words[Word.GENERATION] !== this.#generation) this.#catchUp();
    for (const [id, held] of this.#held) {
      if (id >= FIRST_PASSED_ON) {
        this.#held.delete(id);
        continue;
      }
      const { memory, image } = held.buffer.byteLength === held.image.length ? held : this.#renew(held);
      memory.set(image);
    }
  }

  /** Lets others see a buffer that this thread made; returns its id. */
  publish(buffer: SharedArrayBuffer): number {
    if (this.#board.words[Word.GENERATION] !== this.#generation) this.#catchUp();
    const generation = ++this.#board.words[Word.GENERATION];
    const message: NewBuffer = {
      generation,
      id: FIRST_PASSED_ON + generation,
      buffer,
      base: this.#registry.anyBaseOf(buffer),
    };
    this.#channel.postMessage(message);
    this.#take(message);
    return message.id;
  }

  /** A copy of all bytes that others can see, for `restore`. */
  snapshot(): Snapshot {
    return [...this.#held.values()].map(({ buffer }) => ({ buffer, bytes: new Bytes(buffer).slice() }));
  }

  /** The ranges of bytes that differ from a snapshot. */
  *changesSince(snapshot: Snapshot): Generator<{ base: number; from: number; to: number }> {
    for (const { buffer, bytes } of snapshot) {
      const now = new Bytes(buffer, 0, bytes.length);
      const base = this.#registry.baseOf(buffer);
      for (let at = 0; at < bytes.length; at++) {
        if (now[at] === bytes[at]) continue;
        const from = at;
        while (at < bytes.length && now[at] !== bytes[at]) at++;
        yield { base, from, to: at };
      }
    }
  }

  /** Makes the bytes what they were at `snapshot`; a buffer that grew since keeps its length. */
  restore(snapshot: Snapshot): void {
    for (const { buffer, bytes } of snapshot) new Bytes(buffer, 0, bytes.length).set(bytes);
  }

  #hold(part: Part, buffer: SharedArrayBuffer): Held {
    const image = new Bytes(part.image);
    const held = { part, image, buffer, memory: new Bytes(buffer, 0, image.length) };
    this.#held.set(part.id, held);
    this.#registry.place(buffer, part.id, part.base);
    return held;
  }

  #bufferOf(id: number): SharedArrayBuffer {
    if (this.#board.words[Word.GENERATION] !== this.#generation) this.#catchUp();
    const held = this.#held.get(id);
    if (held === undefined) throw new Error(`the explorer knows no shared buffer ${id}`);
    return held.buffer;
  }

  #renew({ part, image }: Held): Held {
    const generation = ++this.#board.words[Word.GENERATION];
    const buffer = makeBuffer(image.length, part.buffer.maxByteLength);
    const message: NewBuffer = { generation, id: part.id, buffer, base: undefined };
    this.#channel.postMessage(message);
    this.#generation = generation;
    return this.#hold(part, buffer);
  }

  /** The message was sent before the baton came here, so it is there or about to be. */
  #catchUp(): void {
    while (this.#generation !== this.#board.words[Word.GENERATION]) {
      const received = receive(this.#channel as never);
      if (received !== undefined) this.#take(received.message as NewBuffer);
    }
  }

  #take({ generation, id, buffer, base }: NewBuffer): void {
    this.#generation = generation;
    const held = this.#held.get(id);
    if (held !== undefined) this.#hold(held.part, buffer);
    else if (base !== undefined) this.#hold({ id, base, buffer, image: new Shared(0), label: '' }, buffer);
  }
}
