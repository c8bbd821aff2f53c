import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explore, preemptions, type ExploreOptions } from '../../src/explore/index.ts';
// oxlint-disable-next-line import/no-unassigned-import -- importing it registers the matcher
import '../../src/explore/vitest.ts';
import { FULL } from '../support/full.ts';
import { REPLACEMENTS } from './replacements.ts';

/** Added to every bound. */
const DEEPER = FULL ? 1 : 0;
/** With three threads, or long ones, a second preemption multiplies the schedules by a hundred. */
const LONG = new Set([
  'attach-against-attach',
  'deadline-restarts',
  'living-owner',
  'orphan-against-birth',
  'prompt-wake-up',
  'struct-definitions',
  'struct-ref-set-against-get',
  'struct-text-set-against-get',
  'struct-two-frees',
  'struct-two-setters',
  'three-sleepers',
  'turn-and-try',
  'turn-goes-first',
  'turn-of-the-dead',
  'turn-wake-up',
]);
/** What it is about is time, which deaths change: sleepers of the dead wait for a slice. Endless sleep has no slices. */
const WITHOUT_DEATHS = new Set([
  'deadline-restarts',
  'idle-owner',
  'lock-timeout',
  'prompt-wake-up',
  'turn-and-try',
  'turn-goes-first',
  'turn-wake-up',
]);

/** A block that is freed twice may be looked at while its memory is reused: no order can be asked of a mistake. */
const WITHOUT_RACE_LOG = new Set(['two-remote-frees', 'late-second-free']);

const NAMES = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.scenario.ts'))
  .map((file) => file.replace('.scenario.ts', ''));
const MORTAL = NAMES.filter((name) => !WITHOUT_DEATHS.has(name));

const boundOf = (name: string) => (LONG.has(name) ? 1 : 2) + DEEPER;
const scenario = (name: string) => new URL(`./${name}.scenario.ts`, import.meta.url);

async function holds(name: string, options: ExploreOptions): Promise<void> {
  const result = await explore(scenario(name), { ...options, replace: [...REPLACEMENTS] });
  expect(result).toHoldOnEverySchedule();
  expect(result.complete).toBe(true);
  const deaths = result.crashPoints.length > 0 ? `, deaths at ${result.crashPoints.length} points` : '';
  console.log(`${name}: ${result.schedules} schedules${deaths}`);
}

describe('holds on every schedule', () => {
  test.each(NAMES)('%s', (name) => holds(name, { strategy: preemptions(boundOf(name)) }));
});

describe('holds when a thread dies before any operation of Atomics', () => {
  const strategy = preemptions(DEEPER);
  // With the race log the same points are tried, and more; a deep run tries them with preemptions besides.
  const names = MORTAL.filter((name) => DEEPER > 0 || WITHOUT_RACE_LOG.has(name));
  test.each(names)('%s', (name) => holds(name, { crash: 'every-operation', strategy }));
});

describe('holds when a thread dies before any plain write, and races nowhere', () => {
  const options: ExploreOptions = { crash: 'every-operation', plain: 'race-log', strategy: preemptions(0) };
  const names = MORTAL.filter((name) => !WITHOUT_RACE_LOG.has(name));
  test.each(names)('%s', (name) => holds(name, options));
});

describe('holds when the thread that repairs dies too', () => {
  const options: ExploreOptions = { crash: { deaths: 2 }, strategy: preemptions(DEEPER) };
  test.each(['free-neighbours', 'grow-against-allocate'])('%s', (name) => holds(name, options));
});

describe('holds where another thread may come between two plain accesses', () => {
  const options: ExploreOptions = { plain: 'schedule', strategy: preemptions(1) };
  test.each(['struct-text-set-against-get'])('%s', (name) => holds(name, options));
});
