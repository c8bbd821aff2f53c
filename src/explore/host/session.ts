/**
 * One exploration's workers as the host drives them: start them, give the baton to the first, sleep until one says that
 * the search is finished. A watchdog looks whether the board still shows signs of life; a thread that loops without
 * any operation can be stopped by nothing but the end of its worker.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Board, Mode, Turn, Word } from '../engine/board.ts';
import { placeIn, type World } from '../buffers/buffer-source.ts';
import { Frontier } from '../search/frontier.ts';
import { Mail } from '../buffers/mail.ts';
import { pinToOneCore } from './core-pinning.ts';
import type { Equipment, ScenarioShape, Settings, WorkerMessage } from './messages.ts';
import { WATCHED_BYTES } from '../patches/write-watch.ts';
import { RaceLog } from '../trace/race-log.ts';
import { checkReplacements, type Replacement } from './replacement.ts';
import { ScenarioError } from './scenario.ts';
import { placeSchedule, type Schedule } from '../trace/schedule-string.ts';
import type { TraceEntry } from '../trace/tracer.ts';
import { WorkerHandle } from './worker-handle.ts';
import { launchWorker } from './worker-launch.ts';

/** What a session needs besides the scenario. */
export interface SessionOptions {
  readonly settings: Settings;
  readonly replace: readonly Replacement[];
  readonly maxSteps: number;
  readonly watchdogMs: number;
}

/** A session's part in a search: jobs share the frontier, and the first of them begins. */
export interface Job {
  readonly index: number;
  readonly frontier: Frontier;
}

/** How the baton came back: the search is through, or a worker never gives it back. */
export type SessionEnd = 'finished' | 'stuck';

/** What the workers counted. */
export interface SearchReport {
  /** What `check` returned, each with the number of schedules. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** The schedules tried, where they were recorded. */
  readonly schedules: readonly string[];
}

/** Most scenarios have two threads, so two workers are started before the number is known. */
const STARTED_EARLY = 2;
/** The watchdog looks this often, and counts looks without a sign of life: a suspended process ages nothing. */
const LOOK_MS = 50;
/** On a busy machine a thread may be silent because it gets no processor time: it is waited for this much longer. */
const STARVED = 12;
/** Importing compiles first, on machines that may have much else to do. */
const START_LIMIT_MS = 60_000;
/** `setup` may take this much longer than a thread may be silent. */
const SETUP_PATIENCE = 4;

/** Words that are 0 when a search begins. */
const PER_SEARCH = [
  Word.PREFIX,
  Word.DEPTH,
  Word.FRESH,
  Word.ENTERED,
  Word.PASS_BEGAN,
  Word.STOP,
  Word.CHECKED,
  Word.CHECKED_FROM,
  Word.TRACING,
  Word.SCHEDULES,
  Word.PRUNED,
  Word.BOUND,
  Word.BOUND_CUT,
  Word.COMPLETE,
  Word.FAILURES,
  Word.RACES,
  Word.SPIN_KNOWN,
  Word.EXACT,
  Word.COUNTING,
  Word.ENDLESS_LOOPS,
  Word.LONG_LOOPS,
  Word.YIELDED,
  Word.HELD_BACK,
  Word.RESCUED,
  Word.RECHECKING,
  Word.RECHECKABLE,
] as const;

/** The workers of one exploration. */
export class Session {
  readonly board: Board;
  readonly trace: TraceEntry[] = [];
  /** What threads or `check` threw, the latest last. */
  readonly thrown: string[] = [];
  /** What the workers could not see or decide, each once, in the order in which it was met. */
  readonly warnings = new Set<string>();
  /** What the workers counted up to the end of the last run. */
  report: SearchReport = { outcomes: new Map(), schedules: [] };
  readonly #url: URL;
  readonly #options: SessionOptions;
  readonly #job: Job;
  readonly #workers: WorkerHandle[] = [];
  readonly #broken: Promise<never>;
  #break: (error: Error) => void = () => undefined;
  #finish: (end: SessionEnd) => void = () => undefined;
  #shape: ScenarioShape | undefined;
  #world: World | undefined;

  private constructor(url: URL, options: SessionOptions, job: Job) {
    this.#url = url;
    this.#job = job;
    this.#options = options;
    this.board = new Board(options.maxSteps);
    this.#broken = new Promise<never>((_, reject) => {
      this.#break = reject;
    });
    this.#broken.catch(() => undefined);
  }

  /** Starts the workers and runs `setup`. @throws ScenarioError */
  static async open(
    url: URL,
    options: SessionOptions,
    job: Job = { index: 0, frontier: new Frontier() },
  ): Promise<Session> {
    if (url.protocol !== 'file:' || !existsSync(fileURLToPath(url))) {
      throw new ScenarioError(`no such scenario: ${url.protocol === 'file:' ? fileURLToPath(url) : url.href}`);
    }
    checkReplacements(options.replace);
    const session = new Session(url, options, job);
    try {
      await session.#start();
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  get shape(): ScenarioShape {
    if (this.#shape === undefined) throw new Error('the session has not been started');
    return this.#shape;
  }

  /** The scenario's name: its own, or its file's up to the first dot. */
  get name(): string {
    return (
      this.shape.name ??
      basename(this.#url.pathname)
        .replace(/\..*/, '')
        .replaceAll(/[^\w-]/g, '_')
    );
  }

  /** Names the byte of an address: its number in the scenario's own buffer, or another buffer's name with it. */
  placeOf(address: number): string {
    return this.#world === undefined ? String(address) : placeIn(this.#world, address);
  }

  /** Has the search end after the schedule that runs. */
  stop(): void {
    this.board.words[Word.STOP] = 1;
  }

  /** Runs the search to its end, or up to the first failure; it may be repeated. */
  async search(): Promise<SessionEnd> {
    const { words } = this.board;
    for (const word of PER_SEARCH) words[word] = 0;
    words[Word.HASH_MASK] = -1;
    words[Word.MODE] = Mode.SEARCH;
    const { shard, strategy } = this.#options.settings;
    words[Word.RUN] = shard.index;
    this.board.weight.set([1, 0]);
    const waits = strategy.kind === 'preemptions' && this.#job.index > 0;
    words[Word.WORKING] = Number(!waits);
    return this.#run(waits ? Turn.NEXT : Turn.BEGIN);
  }

  /** Runs one schedule `runs` times. */
  async replay(schedule: Schedule, runs: number, tracing: boolean): Promise<SessionEnd> {
    const { words } = this.board;
    placeSchedule(this.board, schedule);
    words[Word.MODE] = Mode.REPLAY;
    words[Word.TRACING] = Number(tracing);
    words[Word.REPLAYS] = runs;
    for (const word of [Word.RUN, Word.DIFFERENT, Word.RACES]) words[word] = 0;
    words[Word.TRACED] = 0;
    this.trace.length = 0;
    this.thrown.length = 0;
    return this.#run(Turn.BEGIN);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  async #start(): Promise<void> {
    this.#launchUpTo(STARTED_EARLY);
    const [first] = this.#workers;
    if (first === undefined) return;
    const { shape } = await this.#watched('importing the scenario', first.described);
    this.#shape = shape;
    this.#launchUpTo(shape.threads);
    await Promise.all(this.#workers.splice(shape.threads).map((worker) => worker.close()));
    const described = Promise.all(this.#workers.map((worker) => worker.described));
    const osThreads = (await this.#watched('importing the scenario', described)).map(({ osThread }) => osThread);
    await Promise.all([this.#equip(first, shape), pinToOneCore(osThreads.filter((id) => id !== undefined))]);
  }

  #launchUpTo(count: number): void {
    const { settings, maxSteps, replace } = this.#options;
    const listener = {
      onMessage: (message: WorkerMessage) => this.#take(message),
      onBroken: (error: Error) => this.#break(error),
    };
    while (this.#workers.length < count) {
      const start = {
        index: this.#workers.length,
        scenario: this.#url.href,
        board: this.board.memory,
        maxSteps,
        settings,
      };
      this.#workers.push(new WorkerHandle(launchWorker(start, replace), listener));
    }
  }

  async #equip(first: WorkerHandle, shape: ScenarioShape): Promise<void> {
    const patience = SETUP_PATIENCE * this.#options.watchdogMs;
    const world = await this.#watched('setup', first.setUp(), patience);
    this.#world = world;
    const isWatched = this.#options.settings.plain === 'off';
    const addresses = isWatched ? world.threadBase : world.threadBase + shape.threads * world.threadBytes;
    const shadowBytes = RaceLog.shadowBytes(addresses, shape.threads);
    const equipment: Equipment = {
      shape,
      world,
      mail: Mail.memory(),
      frontier: this.#job.frontier.memory,
      shadow: isWatched && addresses > WATCHED_BYTES ? undefined : new SharedArrayBuffer(shadowBytes),
      channel: randomUUID(),
    };
    for (const worker of this.#workers) worker.post({ type: 'equip', equipment });
    await this.#watched('setup', Promise.all(this.#workers.map((worker) => worker.ready)), patience);
  }

  async #run(turn: number): Promise<SessionEnd> {
    const finished = new Promise<SessionEnd>((resolve) => {
      this.#finish = resolve;
    });
    const watchdog = this.#watch();
    this.board.pass(HOST, 0, turn);
    try {
      const end = await Promise.race([finished, this.#broken]);
      if (end === 'finished') await this.#collect();
      return end;
    } finally {
      clearInterval(watchdog);
      this.trace.sort((one, other) => one.order - other.order);
    }
  }

  /** Asks every worker for what it counted; its answer comes after everything that it has sent before. */
  async #collect(): Promise<void> {
    const outcomes = new Map<string, number>();
    const schedules: string[] = [];
    const reports = this.#workers.map((worker) => worker.nextReport());
    this.#workers.forEach((_, index) => this.board.pass(HOST, index, Turn.REPORT));
    for (const report of await this.#watched('the report', Promise.all(reports))) {
      for (const [outcome, count] of report.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
      schedules.push(...report.schedules);
    }
    this.report = { outcomes, schedules };
  }

  #watch(): NodeJS.Timeout {
    const { watchdogMs } = this.#options;
    let beat = -1;
    let looks = 0;
    let cpuBefore = 0;
    return setInterval(() => {
      const now = this.board.words[Word.BEAT];
      looks = now === beat ? looks + 1 : 0;
      if (now !== beat) cpuBefore = cpuMs();
      beat = now;
      const silentMs = looks * LOOK_MS;
      const worksOn = cpuMs() - cpuBefore >= watchdogMs;
      if (silentMs >= (worksOn ? watchdogMs : watchdogMs * STARVED)) this.#finish('stuck');
    }, LOOK_MS);
  }

  /** Waits for what takes no longer than a patient user; a loop there is never broken by itself. */
  async #watched<Value>(what: string, promise: Promise<Value>, limit: number = START_LIMIT_MS): Promise<Value> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ScenarioError(`${what} did not end within ${limit / 1000} s`)), limit);
    });
    try {
      return await Promise.race([promise, late, this.#broken]);
    } finally {
      clearTimeout(timer);
    }
  }

  #take(message: WorkerMessage): void {
    if (message.type === 'trace') this.trace.push({ ...message.entry, place: this.placeOf(message.entry.address) });
    else if (message.type === 'thrown') this.thrown.push(message.message);
    else if (message.type === 'warning') this.warnings.add(message.text);
    else if (message.type === 'finished') this.#finish('finished');
  }
}

const HOST = -1;

/** Milliseconds of processor time that this process has had. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
