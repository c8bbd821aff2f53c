/**
 * What the host and the workers tell each other in messages: the setting-up, and what is too long for the board. The
 * baton never travels in a message.
 */
import type { MessagePort } from 'node:worker_threads';
import type { World } from '../buffers/buffer-source.ts';
import type { PlainMode } from '../patches/plain-access.ts';
import type { Strategy } from '../search/strategy.ts';
import type { TraceEntry } from '../trace/tracer.ts';

/** One shard of a search, from 0, and how many there are. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** The settings of an exploration, as every worker gets them. */
export interface Settings {
  readonly strategy: Strategy;
  readonly deaths: number;
  readonly plain: PlainMode;
  readonly reduction: boolean;
  readonly eagerTimeouts: boolean;
  readonly spinLimit: number;
  readonly stopAtFailure: boolean;
  readonly recordSchedules: boolean;
  readonly shard: Shard;
  /** How many jobs share the search. */
  readonly jobs: number;
}

/** `workerData`: what a worker needs before it imports the scenario. */
export interface WorkerStart {
  readonly index: number;
  readonly scenario: string;
  readonly board: SharedArrayBuffer;
  readonly maxSteps: number;
  readonly settings: Settings;
  /** Modules whose text is replaced, and the port that tells in which it was. */
  readonly replacements: readonly { readonly file: string }[];
  readonly replaced?: MessagePort;
}

/** What the host learns from the scenario. */
export interface ScenarioShape {
  readonly name: string | undefined;
  readonly threads: number;
  readonly bytes: number;
  readonly maxBytes: number | undefined;
}

/** To a worker: the first one runs `setup` before all get their equipment. */
export type HostMessage = { readonly type: 'set up' } | { readonly type: 'equip'; readonly equipment: Equipment };

/** The shared memory of the exploration, once `setup` has run. */
export interface Equipment {
  readonly shape: ScenarioShape;
  readonly world: World;
  /** What threads leave for each other. */
  readonly mail: SharedArrayBuffer;
  /** Where the search keeps what it has still to try. */
  readonly frontier: SharedArrayBuffer;
  /** Memory of the race log. */
  readonly shadow: SharedArrayBuffer | undefined;
  readonly channel: string;
}

/** From a worker. */
export type WorkerMessage =
  | { readonly type: 'described'; readonly shape: ScenarioShape; readonly osThread: number | undefined }
  | { readonly type: 'set up'; readonly world: World }
  | { readonly type: 'ready' }
  /** The scenario cannot be explored; the message is one line. */
  | { readonly type: 'broken'; readonly message: string }
  | { readonly type: 'trace'; readonly entry: TraceEntry }
  /** What a thread or `check` threw. */
  | { readonly type: 'thrown'; readonly message: string }
  /** Something that the explorer could not see or decide; each text is told once. */
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'finished' }
  | { readonly type: 'report'; readonly outcomes: [string, number][]; readonly schedules: string[] };
