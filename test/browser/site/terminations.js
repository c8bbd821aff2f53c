/**
 * Workers that take and free blocks are terminated in the midst of it, one after the other, and replaced. The main thread
 * watches, and counts up in the end: what was written down as held is live, held once and as it was left, and besides,
 * no more blocks are live than workers died.
 */
import { MemoryManager } from '../dist/src/index.js';

const WORKERS = 3;
const LONGEST_LIFE_MS = 60;
const PATIENCE_MS = 60_000;
/** Turns that each worker must make after the last death. */
const TURNS_AFTER = 2000;
/** Blocks that a worker holds at most. */
export const PLACES = 24;
/** Index of the word that tells the workers to stop. */
export const STOP = 0;

const shared = (length) => new Int32Array(new SharedArrayBuffer(4 * length));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what, holds) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`in vain waited until ${what}`);
    await sleep(10);
  }
}

/** A worker at work, once it is. */
async function start(heap, control) {
  const worker = new Worker('/site/terminations-worker.js', { type: 'module' });
  const crew = { worker, ledger: shared(PLACES), progress: shared(1), failure: undefined, isDone: false };
  worker.addEventListener('error', ({ message }) => (crew.failure = message));
  const ready = new Promise((resolve) => {
    worker.addEventListener('message', ({ data }) => {
      if (data === 'ready') resolve();
      else crew.isDone = true;
    });
  });
  worker.postMessage({ handle: heap.handle, control, ledger: crew.ledger, progress: crew.progress });
  await ready;
  return crew;
}

export async function terminations(kills, options) {
  const heap = new MemoryManager(2 ** 23, options);
  const control = shared(1);
  const living = [];
  const dead = [];
  for (let index = 0; index < WORKERS; index++) living.push(await start(heap, control));
  for (let kill = 0; kill < kills; kill++) {
    await sleep(Math.random() * LONGEST_LIFE_MS);
    const [victim] = living.splice(Math.floor(Math.random() * WORKERS), 1);
    victim.worker.terminate();
    dead.push(victim);
    living.push(await start(heap, control));
  }
  await until('all deaths are known', async () => {
    await heap.declareDead(dead[0].worker);
    return heap.stats({ quick: true }).threads === 1 + WORKERS;
  });
  const before = living.map(({ progress }) => Atomics.load(progress, 0));
  await until('all go on', () => living.every(({ progress }, index) => progress[0] > before[index] + TURNS_AFTER));
  Atomics.store(control, STOP, 1);
  await until('all are done', () => living.every(({ isDone }) => isDone));
  heap.recover();
  heap.check();
  const failures = [...living, ...dead].map(({ failure }) => failure).filter((failure) => failure !== undefined);
  const { lockSeizures, threads } = heap.stats();
  return { ...accountOf(heap, [...living, ...dead]), failures, lockSeizures, threads };
}

function accountOf(heap, crews) {
  const live = new Set(Array.from(heap.blocks(), ({ address }) => address));
  const words = new Int32Array(heap.buffer);
  const entries = crews.flatMap(({ ledger }) => [...ledger]);
  const held = entries.filter((address) => address > 0);
  const known = new Set(entries.map((address) => Math.abs(address)));
  return {
    lost: held.filter((address) => !live.has(address)).length,
    heldTwice: held.length - new Set(held).size,
    changed: held.filter((address) => words[address / 4] !== ~address).length,
    unaccounted: [...live].filter((address) => !known.has(address)).length,
  };
}
