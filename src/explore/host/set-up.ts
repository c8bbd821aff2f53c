/**
 * Runs `setup`, once, and lays down what it left: the buffers that it made, and what it returned, for all workers.
 */
import { MAX_BYTES } from '../engine/operation.ts';
import { extentOf, type Part } from '../buffers/buffer-registry.ts';
import { makeBuffer, type World } from '../buffers/buffer-source.ts';
import { fromBytes, toBytes } from '../buffers/clone.ts';
import { portAt, portOf, type PortRoom } from '../ports/port.ts';
import type { ThreadContext } from '../patches/thread-context.ts';
import type { ScenarioShape } from './messages.ts';
import { ScenarioError, type Scenario } from './scenario.ts';

/** The constructors from before they are replaced. */
const [Bytes, Shared] = [Uint8Array, SharedArrayBuffer];
/** With a race log, whose memory is a multiple of them, threads have fewer addresses for buffers of their own. */
const RACE_LOG_BYTES = 4 * 2 ** 20;

interface Made {
  readonly buffer: SharedArrayBuffer;
  readonly id: number;
  readonly base: number;
  label: string | undefined;
}

/** `setup` and the buffers that it makes. */
export class SetUp {
  readonly #context: ThreadContext;
  readonly #shape: ScenarioShape;
  readonly #made: Made[] = [];
  readonly #mail: { box: number; bytes: Uint8Array }[] = [];
  #end = 0;

  constructor(context: ThreadContext, shape: ScenarioShape) {
    this.#context = context;
    this.#shape = shape;
    this.take(makeBuffer(shape.bytes, shape.maxBytes), '');
  }

  /** Takes a buffer that `setup` made under control. */
  take(buffer: SharedArrayBuffer, label?: string): Made {
    const made: Made = { buffer, id: this.#made.length, base: this.#end, label };
    this.#made.push(made);
    this.#end += extentOf(buffer);
    if (this.#end > MAX_BYTES) {
      throw new ScenarioError(`setup makes more than ${MAX_BYTES / 2 ** 20} MiB of shared buffers`);
    }
    this.#context.buffers.place(buffer, made.id, made.base);
    return made;
  }

  /** This worker's own objects, by id. */
  objects(): Map<number, SharedArrayBuffer> {
    return new Map(this.#made.map(({ id, buffer }) => [id, buffer]));
  }

  /** Runs `setup`. @throws what it throws */
  async run(scenario: Scenario): Promise<World> {
    const [own] = this.#made;
    const returned: unknown = await scenario.setup?.(own?.buffer ?? new Shared(0));
    const shared = returned === undefined ? undefined : toBytes(returned, 'shared', { idOf: this.#idOf, portOf });
    const { threads } = this.#shape;
    const left =
      this.#context.races || this.#context.instrumented
        ? Math.min(MAX_BYTES - this.#end, RACE_LOG_BYTES)
        : MAX_BYTES - this.#end;
    const threadBytes = Math.floor(left / threads / 64) * 64;
    return { parts: this.#made.map(partOf), mail: this.#mail, shared, threadBase: this.#end, threadBytes };
  }

  /** What ports need that `setup` uses. */
  room(): PortRoom {
    const buffer = (id: number): SharedArrayBuffer => this.#made[id]?.buffer ?? new Shared(0);
    const port = (memory: SharedArrayBuffer, byteOffset: number, number: number): object =>
      portAt(memory, byteOffset, number, () => this.room());
    return {
      mail: { put: (box, bytes) => void this.#mail.push({ box, bytes }), take: (box) => this.#take(box) },
      pack: (value) => toBytes(value, 'message', { idOf: this.#idOf, portOf }),
      unpack: (bytes) => fromBytes(bytes, { buffer, port }),
      listening: (pump) => void pump.catch(() => undefined),
    };
  }

  #take(box: number): Uint8Array | undefined {
    const at = this.#mail.findIndex((one) => one.box === box);
    return at < 0 ? undefined : this.#mail.splice(at, 1)[0]?.bytes;
  }

  /** The id of a buffer in what `setup` returned, which may be one that a module made before. */
  readonly #idOf = (buffer: SharedArrayBuffer, path: string): number => {
    const made = this.#made.find((one) => one.buffer === buffer) ?? this.take(buffer);
    made.label ??= path;
    return made.id;
  };
}

function partOf({ buffer, id, base, label }: Made): Part {
  const image = new Shared(buffer.byteLength);
  new Bytes(image).set(new Bytes(buffer));
  return { id, base, buffer, image, label: label ?? `buffer ${id} of setup` };
}
