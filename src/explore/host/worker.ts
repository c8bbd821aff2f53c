/**
 * The entry of every worker: replaces `Atomics` and, where asked, the views, the clocks and the random numbers; then
 * imports the scenario, tells the host its shape, and serves.
 */
import { readlinkSync } from 'node:fs';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { Board, Word } from '../engine/board.ts';
import { BufferRegistry } from '../buffers/buffer-registry.ts';
import { BufferSource } from '../buffers/buffer-source.ts';
import type { Chooser } from '../engine/chooser.ts';
import { patchClock, VirtualClock } from '../engine/clock.ts';
import { EventLoop } from '../engine/event-loop.ts';
import { DepthFirst } from '../search/depth-first.ts';
import { Frontier } from '../search/frontier.ts';
import { patchBufferBuiltIns } from '../patches/instrumented-buffers.ts';
import { patchViews } from '../patches/instrumented-views.ts';
import type { Equipment, HostMessage, ScenarioShape, Settings, WorkerMessage, WorkerStart } from './messages.ts';
import { Mail } from '../buffers/mail.ts';
import { patchAtomics } from '../patches/patched-atomics.ts';
import { Making, patchBuffers } from '../patches/patched-buffers.ts';
import { patchGrowth } from '../patches/patched-growth.ts';
import { patchTimers } from '../patches/patched-timers.ts';
import { PlainAccess } from '../patches/plain-access.ts';
import { watchRealms } from '../patches/realms.ts';
import { watchPromises } from '../patches/promise-watch.ts';
import { RaceLog } from '../trace/race-log.ts';
import { describeImportError } from '../trace/import-error.ts';
import { replacedModules } from './replacement.ts';
import { Repeat } from '../search/repeat.ts';
import { HOOK_CLOCK } from './hooks.ts';
import { Runner } from './runner.ts';
import { patchModules } from '../ports/patched-modules.ts';
import { CHANNEL_BYTES, portAt, VirtualPort, type PortRoom } from '../ports/port.ts';
import { ScenarioError, type Scenario } from './scenario.ts';
import { Scheduler, VANISHED } from '../engine/scheduler.ts';
import { fromBytes } from '../buffers/clone.ts';
import { SetUp } from './set-up.ts';
import { shapeOf } from './shape.ts';
import type { ThreadContext } from '../patches/thread-context.ts';
import { describeThrown } from '../trace/thrown.ts';
import { threadName } from '../trace/schedule-string.ts';
import { Tracer } from '../trace/tracer.ts';
import { PriorityWalk, RandomWalk } from '../search/walks.ts';

const port = parentPort;
if (port === null) throw new Error('this module is the entry of a worker');

const { index, scenario: url, board: memory, maxSteps, settings, replacements, replaced } = workerData as WorkerStart;
const post = (message: WorkerMessage): void => port.postMessage(message);

/** Channels that a thread can make in one schedule. */
const MAX_CHANNELS = 1_000;

const board = new Board(maxSteps, memory);
const scheduler = new Scheduler(board, index, settings);
const clock = new VirtualClock(board);
let scenario: Scenario | undefined;
let shape: ScenarioShape | undefined;
let setUp: SetUp | undefined;
let imported = false;
let room: PortRoom | undefined;
let channels = 0;
const warned = new Set<string>();
const context: ThreadContext = {
  scheduler,
  eventLoop: new EventLoop(scheduler),
  tracer: new Tracer(scheduler, port, nameOf),
  instrumented: settings.plain !== 'off',
  races: undefined,
  buffers: new BufferRegistry(),
  onRace: (address) => {
    const name = nameOf(address);
    const at = name === undefined ? `byte ${address}` : `byte ${address} (${name})`;
    warn(`a plain write at ${at} has no order with another access: only --races finds all of them, and what they do`);
  },
  warn,
  serving: false,
  inHook: false,
};

patchAtomics(context);
patchGrowth(context);
patchModules({
  inside: () => context.inHook || (scheduler.running && !scheduler.unwinding),
  makeChannel,
  refuse: (message) => post({ type: 'broken', message }),
});
patchBuffers(context, maker, (buffer) => void setUp?.take(buffer));
const isInside = (): boolean => context.inHook || scheduler.running;
patchClock(clock, isInside);
patchTimers(context.eventLoop, () => scheduler.running);
watchPromises();
clock.onRead = () => scheduler.spin.noteClock();
scheduler.spin.onPassing = () => clock.mark();
scheduler.spin.onSteppingBack = () => clock.backToMark();
context.eventLoop.onDropped = (names) => {
  warn(
    `${[...new Set(names)].join(' and ')} of thread ${threadName(index)} was pending when the thread ended, and dropped`,
  );
};
watchRealms(() => warn('code in a context of node:vm has Atomics of its own, which are not under control'));
process.on('unhandledRejection', takeCrash);
process.on('uncaughtException', takeCrash);
if (context.instrumented) {
  const access = new PlainAccess(context, settings.plain, settings.deaths);
  patchBufferBuiltIns(context, access);
  patchViews(context, access);
}

try {
  const exported = defaultOf(await importScenario());
  scenario = exported as Scenario;
  if (replaced !== undefined) checkReplaced(replaced);
  shape = shapeOf(exported);
  imported = true;
  port.on('message', (message: HostMessage) => {
    if (message.type === 'set up') void runSetUp();
    else void serve(message.equipment);
  });
  post({ type: 'described', shape, osThread: osThreadId() });
} catch (error) {
  post({ type: 'broken', message: error instanceof ScenarioError ? error.message : describeThrown(error) });
}

function warn(text: string): void {
  if (!warned.has(text)) post({ type: 'warning', text });
  warned.add(text);
}

/** An error that no code handles: the thread's that runs, or one of the scenario outside of threads. */
function takeCrash(error: unknown): void {
  if (scheduler.running || error === VANISHED) context.eventLoop.crash(error);
  else post({ type: 'broken', message: `outside of the threads: ${describeThrown(error)}` });
}

async function importScenario(): Promise<{ default?: unknown }> {
  try {
    return (await import(url)) as { default?: unknown };
  } catch (error) {
    throw new ScenarioError(describeImportError(error, url));
  }
}

/** The default export; a module that was compiled to CommonJS has it one step further. */
function defaultOf({ default: exported }: { default?: unknown }): unknown {
  const inner = typeof exported === 'object' && exported !== null && '__esModule' in exported;
  return inner ? (exported as { default?: unknown }).default : exported;
}

/** A mutant of a module that the scenario does not use would be no mutant. */
function checkReplaced(from: MessagePort): void {
  const modules = replacedModules(from);
  from.close();
  const missing = replacements.find(({ file }) => !modules.has(file));
  if (missing !== undefined) throw new ScenarioError(`replace: the scenario does not load ${missing.file}`);
}

/** What a listener throws is an unhandled rejection; a thread that is cut off stops listening. */
function passOn(error: unknown): void {
  if (error !== VANISHED) throw error;
}

/** Who makes a buffer now: modules, while they are imported, do it for the thread of this worker. */
function maker(): number {
  if (!imported) return Making.THREAD;
  if (context.inHook) return setUp === undefined ? Making.NOBODY : Making.SETUP;
  return scheduler.running && !scheduler.unwinding ? Making.THREAD : Making.NOBODY;
}

/** The numbers of channels do not depend on what other threads do. */
function makeChannel(): [VirtualPort, VirtualPort] {
  const number = (setUp === undefined ? index + 1 : 0) * MAX_CHANNELS + channels++;
  const words = new Int32Array(new SharedArrayBuffer(CHANNEL_BYTES));
  return [new VirtualPort(words, number, 0, currentRoom), new VirtualPort(words, number, 1, currentRoom)];
}

function currentRoom(): PortRoom {
  if (room === undefined) throw new Error('a message port was used before the scenario began');
  return room;
}

/** Only addresses of the scenario's own buffer have names of its own. */
function nameOf(address: number): string | undefined {
  return address < ownBytes() ? scenario?.nameOf?.(address) : undefined;
}

const ownBytes = (): number => shape?.maxBytes ?? shape?.bytes ?? 0;

/** `setup` is a hook of the scenario like others, but may be async. */
async function runSetUp(): Promise<void> {
  if (scenario === undefined || shape === undefined) return;
  setUp = new SetUp(context, shape);
  room = setUp.room();
  context.inHook = true;
  board.words[Word.IN_HOOK] = 1;
  clock.restart(HOOK_CLOCK);
  try {
    post({ type: 'set up', world: await setUp.run(scenario) });
  } catch (error) {
    post({ type: 'broken', message: `setup failed: ${describeThrown(error)}` });
  }
  context.inHook = false;
  board.words[Word.IN_HOOK] = 0;
}

async function serve({ world, mail, shadow, frontier, channel, ...equipment }: Equipment): Promise<void> {
  if (scenario === undefined) return;
  const { threads } = equipment.shape;
  const own = setUp?.objects() ?? new Map<number, SharedArrayBuffer>();
  setUp = undefined;
  const source = new BufferSource(board, context.buffers, world, channel, own, (buffer, byteOffset, number) =>
    portAt(buffer, byteOffset, number, currentRoom),
  );
  context.buffers.settle(world.threadBase + index * world.threadBytes, world.threadBytes);
  let log: RaceLog | undefined;
  if (shadow !== undefined) {
    const isAllowed = (address: number): boolean =>
      address < ownBytes() && (scenario?.racesAllowedAt?.(address) ?? false);
    const ownAddresses = context.instrumented ? threads * world.threadBytes : 0;
    log = new RaceLog(board, index, threads, shadow, world.threadBase + ownAddresses, isAllowed);
    if (context.instrumented) context.races = log;
  }
  scheduler.decider.onTimeout = (thread) => {
    if (context.tracer.on) context.tracer.timeout(thread);
  };
  scheduler.decider.choosers = [searchOf(settings, threads, new Frontier(frontier)), new Repeat(board)];
  const boxes = new Mail(mail);
  const runner = new Runner({
    scenario,
    threads,
    context,
    source,
    mail: boxes,
    initialMail: world.mail,
    clock,
    settings,
    watched: context.instrumented ? undefined : log,
    post,
  });
  room = {
    mail: boxes,
    pack: (value) => runner.pack(value),
    unpack: (bytes) => fromBytes(bytes, source.objects),
    listening: (pump) => void pump.catch(passOn),
  };
  runner.onThread = () => {
    channels = 0;
  };
  context.serving = true;
  post({ type: 'ready' });
  await runner.serve();
}

function searchOf(
  { strategy, deaths, reduction, shard, jobs }: Settings,
  threads: number,
  frontier: Frontier,
): Chooser {
  if (strategy.kind === 'preemptions')
    return new DepthFirst(board, { bound: strategy.bound, deaths, reduction, shard, jobs }, frontier);
  const plan = { threads, runs: strategy.runs, seed: strategy.seed, deaths, shard };
  return strategy.kind === 'random' ? new RandomWalk(board, plan) : new PriorityWalk(board, plan, strategy.depth);
}

/** The operating system's id of this thread, where it can be told (Linux). */
function osThreadId(): number | undefined {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return undefined;
  }
}
