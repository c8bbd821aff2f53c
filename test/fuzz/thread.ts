/**
 * One thread of a round: random calls until it is told to stop, or terminated. What is found wrong ends the thread with
 * an error.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { workerData } from 'node:worker_threads';
import { AllocatorError, MemoryManager, type AllocateAsyncOptions } from '../../src/index.ts';
import { seeded, Xorshift32 } from '../../src/xorshift.ts';
import { Hands, isOfFit } from './hands.ts';
import { OWN_FITS, PLACES, Tally, type Shared } from './round.ts';
import { callWildly } from './wild.ts';

/** What a thread is started with. */
export interface ThreadInput {
  readonly shared: Shared;
  /** Distinguishes the threads of a round. */
  readonly number: number;
}

const { shared, number } = workerData as ThreadInput;
const { handle, settings, tallies } = shared;
const random = new Xorshift32(seeded(settings.seed, number + 1));
const hands = new Hands(shared);
const pending = new Set<Promise<void>>();
const ABORTED = 'aborted by the fuzz';
const SMALL = 600;
const MOST_PENDING = 5;
const largest = Math.min(40_000, handle.buffer.maxByteLength / 4);

function attach(): MemoryManager {
  return MemoryManager.attach(handle, { fits: [...OWN_FITS] });
}

let heap = attach();

function someSize(): number {
  const kind = random.below(10);
  if (kind === 0) return random.below(largest);
  return kind < 3 ? random.below(9000) : random.below(SMALL);
}

/** Does a call that a fit of the round may refuse. */
function allowFit<R>(call: () => R): R | null {
  try {
    return call();
  } catch (error) {
    if (isOfFit(error)) return null;
    throw error;
  }
}

function take(): void {
  const size = someSize();
  const zeroed = random.below(4) === 0;
  const options = random.below(3) > 0 ? undefined : { zeroed, alignment: 2 ** random.below(9) };
  const address = allowFit(() => (options ? heap.allocate(size, options) : heap.allocate(size)));
  keep(heap, address, size, options !== undefined && zeroed);
}

function keep(by: MemoryManager, address: number | null, size: number, zeroed: boolean): void {
  const block = hands.claim(by, address, size, zeroed);
  if (block !== null) hands.put(by, block, random.below(PLACES));
}

/** Does something with a block out of a place. */
function withBlock(use: (address: number) => number | null): void {
  const place = random.below(PLACES);
  const address = hands.pull(place);
  if (address === null) return;
  const left = use(address);
  if (left !== null) hands.put(heap, left, place);
}

function giveBack(address: number): null {
  hands.giveBack(heap, address);
  return null;
}

function useBytes(address: number): number {
  hands.verify(address);
  const size = hands.sizeOf(address);
  const at = random.below(size);
  const bytes = heap.read(address + at, size - at);
  heap.write(address + at, random.below(2) === 0 ? bytes : [...bytes.subarray(0, 50)]);
  heap.view(Uint8Array, address, size).set(heap.view(Uint8Array, address + at, size - at), at);
  hands.verify(address);
  return address;
}

function useWildly(address: number): number {
  hands.count(Tally.WILD_CALLS);
  hands.verify(address);
  if (random.below(8) === 0) leaveInside(address);
  else callWildly(heap, address, hands.sizeOf(address), random);
  hands.refill(address);
  return address;
}

/** Data that makes the thread leave the heap while it is read. */
function leaveInside(address: number): void {
  const leaving = heap;
  const list = {
    length: 2,
    get 0() {
      leaving.detach();
      return 1;
    },
    1: 2,
  };
  try {
    heap.write(address, list);
    throw new Error('a write went on after detach');
  } catch (error) {
    if (!(error instanceof AllocatorError) || error.code !== 'DETACHED') throw error;
  }
  heap = attach();
}

function startRequest(): void {
  if (pending.size >= MOST_PENDING) return;
  const request = takeAsync(heap).finally(() => pending.delete(request));
  pending.add(request);
}

async function takeAsync(by: MemoryManager): Promise<void> {
  const size = someSize();
  const zeroed = random.below(4) === 0;
  const signal = someSignal();
  const options: AllocateAsyncOptions = signal === undefined ? { zeroed } : { zeroed, signal };
  try {
    const address = await by.allocateAsync(size, options);
    using again = attach(); // the thread may have left since
    keep(again, address, size, zeroed);
  } catch (error) {
    if (!isCancelled(error) && !isOfFit(error)) throw error;
    hands.count(Tally.CANCELLED);
  }
}

function isCancelled(error: unknown): boolean {
  if (error === ABORTED || (error instanceof DOMException && error.name === 'TimeoutError')) return true;
  return error instanceof AllocatorError && error.code === 'DETACHED';
}

function someSignal(): AbortSignal | undefined {
  const kind = random.below(6);
  if (kind === 0) return AbortSignal.timeout(random.below(3));
  if (kind > 2) return undefined;
  const controller = new AbortController();
  if (kind === 1) queueMicrotask(() => controller.abort(ABORTED));
  else setImmediate(() => controller.abort(ABORTED));
  return controller.signal;
}

function leave(): void {
  hands.count(Tally.DETACHES);
  if (random.below(4) === 0) attach().detach(); // counted, the thread stays
  heap.detach();
  if (random.below(4) === 0) heap.detach();
  heap = attach();
}

function inspect(): void {
  const kind = random.below(5);
  if (kind === 0) heap.recover();
  else if (kind === 1) heap.check();
  else if (kind === 2) heap.stats({ quick: random.below(2) === 0 });
  else for (const { size } of kind === 3 ? heap.blocks() : heap.freeRuns()) if (size <= 0) throw new Error('no size');
}

/** Runs a call at the end of the stack, again and again with a little more room, until it has what it needs. */
function atStackEnd<R>(call: () => R): R {
  try {
    return atStackEnd(call);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    hands.count(Tally.CUTS);
    return call();
  }
}

function overflow(): void {
  const size = someSize();
  if (random.below(2) === 0)
    keep(
      heap,
      allowFit(() => atStackEnd(() => heap.allocate(size))),
      size,
      false,
    );
  else withBlock((address) => (hands.giveBack(heap, address, () => atStackEnd(() => heap.deallocate(address))), null));
}

/**
 * Allocates and frees until a timeout of `vm` cuts it off anywhere; then keeps what it knows to have. If it was cut off
 * in a fit, calls are REENTRANT until the turn of the event loop ends.
 */
async function cutByTimeout(): Promise<void> {
  const held: (number | null)[] = [];
  const sizes = Array.from({ length: 20 }, someSize);
  hands.count(Tally.CUTS);
  const loop = (): void => {
    for (let turn = 0; ; turn++) {
      const at = turn % sizes.length;
      const old = held[at] ?? null;
      held[at] = null;
      if (old !== null) heap.deallocate(old);
      held[at] = allowFit(() => heap.allocate(sizes[at]));
    }
  };
  try {
    runInNewContext('loop()', { loop }, { timeout: 1 + random.below(4) });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
  }
  await nextTurn();
  for (const [at, address] of held.entries()) if (address !== null) keep(heap, address, sizes[at], false);
}

const ACTS: readonly [number, () => void][] = [
  [30, take],
  [22, () => withBlock(giveBack)],
  [12, () => withBlock((address) => hands.resize(heap, address, someSize()))],
  [10, () => withBlock(useBytes)],
  [10, () => withBlock(useWildly)],
  [8, startRequest],
  [2, leave],
  [0.5, inspect],
  [settings.cuts ? 0.5 : 0, overflow],
];
const WEIGHT_STEP = 10;
const wheel = ACTS.flatMap(([weight, act]) => Array.from({ length: weight * WEIGHT_STEP }, () => act));

async function work(): Promise<void> {
  while (Atomics.load(tallies, Tally.STOP) === 0) {
    const turns = 1 + random.below(60);
    for (let turn = 0; turn < turns; turn++) wheel[random.below(wheel.length)]();
    Atomics.add(tallies, Tally.CALLS, turns);
    if (settings.cuts && random.below(20) === 0) await cutByTimeout();
    if (random.below(3) === 0) await Promise.resolve();
    else if (random.below(4) === 0) await nextTurn();
  }
  await Promise.all(pending);
  heap.detach();
}

await work();
