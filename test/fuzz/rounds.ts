/**
 * The process that the heap lives in: one round after the other, each on a heap of its own. A line of JSON on the
 * standard output tells the end of a round; an error ends the process.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { MemoryManager, type HeapStats } from '../../src/index.ts';
import { GRANULE_BYTES } from '../../src/stress/oracles/shadow-map.ts';
import { seeded, Xorshift32 } from '../../src/xorshift.ts';
import { Hands, isOfFit, Violation } from './hands.ts';
import { newShared, OWN_FITS, settingsOf, Tally, type RoundSettings, type Shared } from './round.ts';
import type { ThreadInput } from './thread.ts';

/** What one round says of itself. */
export interface RoundReport {
  readonly seed: number;
  readonly calls: number;
  readonly tallies: readonly number[];
  readonly deaths: number;
  readonly strays: number;
  readonly seizures: number;
  readonly lockWaits: number;
}

/** Blocks that a thread may have in its hands at a time: those of a call, of a wild list, and of its requests. */
const HELD_BY_THREAD = 10;
/** Blocks that one cut may leave behind: `vm` cuts a loop over some, and what they are put in place of. */
const LEFT_BY_CUT = 2;
const entry = new URL('thread.js', import.meta.url);

async function runRound(settings: RoundSettings): Promise<RoundReport> {
  const fit = OWN_FITS.find(({ name }) => name === settings.fit) ?? (settings.fit as 'first-fit');
  const heap = new MemoryManager(settings.blockSize, { ...settings.options, fit });
  const shared = newShared(heap.handle, settings);
  const errors: unknown[] = [];
  const deaths = await runThreads(heap, shared, errors);
  if (errors.length > 0) throw errors[0];
  const strays = freeAll(heap, shared, deaths);
  const stats = heap.stats();
  requireEmpty(heap, stats);
  heap.detach();
  const [calls] = shared.tallies;
  const { lockSeizures: seizures, lockWaits } = stats;
  return { seed: settings.seed, calls, tallies: [...shared.tallies], deaths, strays, seizures, lockWaits };
}

/** Runs the threads for the time of the round, terminating some; returns how many ended before they were to. */
async function runThreads(heap: MemoryManager, shared: Shared, errors: unknown[]): Promise<number> {
  const { settings, tallies } = shared;
  const random = new Xorshift32(seeded(settings.seed, -1));
  const workers = new Set<Worker>();
  let [started, deaths] = [0, 0];
  const start = (): void => {
    const workerData: ThreadInput = { shared, number: started++ };
    const worker = new Worker(entry, { workerData, resourceLimits: { maxOldGenerationSizeMb: 128 } });
    workers.add(worker);
    worker.on('error', (error) => errors.push(error));
    worker.on('exit', () => workers.delete(worker));
  };
  while (workers.size < settings.threads) start();
  const end = performance.now() + settings.milliseconds;
  while (performance.now() < end && errors.length === 0) {
    const { killEveryMs } = settings;
    await sleep(killEveryMs === 0 ? 50 : random.below(2 * killEveryMs));
    lookAt(heap, random);
    const victim = [...workers][random.below(settings.threads)];
    if (killEveryMs === 0 || victim === undefined) continue;
    deaths++;
    void victim.terminate();
    await once(victim, 'exit');
    while (workers.size < settings.threads) start();
  }
  Atomics.store(tallies, Tally.STOP, 1);
  await Promise.all(Array.from(workers, async (worker) => once(worker, 'exit')));
  return deaths;
}

/** Calls of the main thread beside the others. */
function lookAt(heap: MemoryManager, random: Xorshift32): void {
  const kind = random.below(6);
  if (kind === 0) heap.check();
  if (kind === 1) heap.stats();
  if (kind === 2) heap.recover();
  if (kind === 3) for (const _ of heap.blocks());
  if (kind === 4) checkImage(heap);
  if (kind < 5) return;
  try {
    const address = heap.allocate(random.below(3000));
    if (address !== null) heap.deallocate(address);
  } catch (error) {
    if (!isOfFit(error)) throw error;
  }
}

function checkImage(heap: MemoryManager): void {
  using loaded = MemoryManager.load(heap.image(), { fits: [...OWN_FITS] });
  loaded.check();
}

/** Frees all blocks and verifies those in places; returns how many were in nobody's hands. */
function freeAll(heap: MemoryManager, shared: Shared, deaths: number): number {
  heap.recover();
  heap.check();
  const hands = new Hands(shared);
  const placed = new Set<number>();
  for (let place = 0; place < shared.places.length; place++) {
    const address = shared.places[place] * GRANULE_BYTES;
    if (address === 0) continue;
    placed.add(address);
    hands.giveBack(heap, address);
  }
  let strays = 0;
  for (const { address } of heap.blocks()) {
    if (placed.has(address)) throw new Violation(`block ${address} was freed, and is there`);
    heap.deallocate(address);
    strays++;
  }
  const allowed = deaths * HELD_BY_THREAD + shared.tallies[Tally.CUTS] * LEFT_BY_CUT;
  if (strays > allowed) throw new Violation(`${strays} blocks in nobody's hands; ${allowed} at most may be`);
  return strays;
}

function requireEmpty(heap: MemoryManager, stats: HeapStats): void {
  if (stats.liveBytes !== 0) throw new Violation(`${stats.liveBytes} bytes live, all blocks were freed`);
  heap.recover();
  heap.check();
  const { usedBytes, threads } = heap.stats();
  if (usedBytes !== 0) throw new Violation(`${usedBytes} bytes used, all blocks were freed`);
  if (threads !== 1) throw new Violation(`${threads} threads attached, all but one have ended`);
}

const { values } = parseArgs({ options: { seed: { type: 'string' }, rounds: { type: 'string' } } });
const first = Number(values.seed);
for (let seed = first; seed < first + Number(values.rounds); seed++) {
  const settings = settingsOf(seed);
  console.error(JSON.stringify(settings));
  console.log(JSON.stringify(await runRound(settings)));
}
