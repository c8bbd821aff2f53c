/**
 * The entry of every worker: replaces `Atomics` and, where asked, the views, the clocks and the random numbers; then
 * imports the scenario, tells the host its shape, and serves.
 */
import { readlinkSync } from 'node:fs';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { AsyncWaits } from '../engine/async-waits.ts';
import { Board } from '../engine/board.ts';
import { BufferSource } from '../patches/buffer-source.ts';
import type { Chooser } from '../engine/chooser.ts';
import { patchClock, VirtualClock } from '../engine/clock.ts';
import { DepthFirst } from '../search/depth-first.ts';
import { patchViews } from '../patches/instrumented-views.ts';
import type { Equipment, Settings, WorkerMessage, WorkerStart } from './messages.ts';
import { patchAtomics } from '../patches/patched-atomics.ts';
import { patchGrowth } from '../patches/patched-growth.ts';
import { PlainAccess } from '../patches/plain-access.ts';
import { RaceLog } from '../trace/race-log.ts';
import { replacedModules } from './replacement.ts';
import { Repeat } from '../search/repeat.ts';
import { Runner } from './runner.ts';
import { ScenarioError, type Scenario } from './scenario.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { shapeOf } from './shape.ts';
import type { ThreadContext } from '../patches/thread-context.ts';
import { describeThrown } from './thrown.ts';
import { Tracer } from '../trace/tracer.ts';
import { PriorityWalk, RandomWalk } from '../search/walks.ts';

const port = parentPort;
if (port === null) throw new Error('this module is the entry of a worker');

const { index, scenario: url, board: memory, maxSteps, settings, replacements, replaced } = workerData as WorkerStart;
const post = (message: WorkerMessage): void => port.postMessage(message);

const board = new Board(maxSteps, memory);
const scheduler = new Scheduler(board, index, settings);
const clock = new VirtualClock(board);
let scenario: Scenario | undefined;
const context: ThreadContext = {
  scheduler,
  asyncWaits: new AsyncWaits(scheduler),
  tracer: new Tracer(scheduler, port, (address) => scenario?.nameOf?.(address)),
  instrumented: settings.plain !== 'off',
  races: undefined,
  buffer: new SharedArrayBuffer(0),
  inHook: false,
};

patchAtomics(context);
patchGrowth(context);
patchClock(clock, () => context.inHook || scheduler.running);
if (context.instrumented) patchViews(context, new PlainAccess(context, settings.plain, settings.deaths));

try {
  const module = (await import(url)) as { default?: unknown };
  scenario = module.default as Scenario;
  if (replaced !== undefined) checkReplaced(replaced);
  port.once('message', (equipment: Equipment) => void serve(equipment));
  post({ type: 'described', shape: shapeOf(module.default), osThread: osThreadId() });
} catch (error) {
  post({ type: 'broken', message: describeThrown(error) });
}

/** A mutant of a module that the scenario does not use would be no mutant. */
function checkReplaced(from: MessagePort): void {
  const modules = replacedModules(from);
  from.close();
  const missing = replacements.find(({ file }) => !modules.has(file));
  if (missing !== undefined) throw new ScenarioError(`replace: the scenario does not load ${missing.file}`);
}

async function serve({ shape, buffer, image, shadow, channel }: Equipment): Promise<void> {
  if (scenario === undefined) return;
  const source = new BufferSource(board, buffer, image, channel, shape.maxBytes);
  if (shadow !== undefined) {
    const isAllowed = (address: number): boolean => scenario?.racesAllowedAt?.(address) ?? false;
    context.races = new RaceLog(board, index, shape.threads, shadow, shape.maxBytes ?? shape.bytes, isAllowed);
  }
  scheduler.decider.choosers = [searchOf(settings, shape.threads), new Repeat(board)];
  const runner = new Runner({ scenario, threads: shape.threads, context, source, clock, settings, post });
  try {
    if (index === 0) runner.setUp();
  } catch (error) {
    post({ type: 'broken', message: `setup failed: ${describeThrown(error)}` });
    return;
  }
  post({ type: 'ready' });
  await runner.serve();
}

function searchOf({ strategy, deaths, reduction, shard }: Settings, threads: number): Chooser {
  if (strategy.kind === 'preemptions')
    return new DepthFirst(board, { bound: strategy.bound, deaths, reduction, shard });
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
