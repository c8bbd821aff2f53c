/** A worker that uses the cache: fills its part, then does as many operations as it is told. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Cache, CacheWorkerData } from './cache.ts';
import { HeapCache, type SharedHeapCache } from './heap-cache.ts';
import { KEY_COUNT, keyOf, valueOf, zipfIndices, type JsonValue } from './json-values.ts';
import { LmdbCache } from './lmdb-cache.ts';
import { RemoteMap } from './remote-map.ts';

const { way, shared, thread } = workerData as CacheWorkerData;
const SET_EVERY = 10;
const indices = zipfIndices(2 ** 15, 12_345 + 77 * thread);
let next = 0;

/** A map of this worker's own. */
function ownMap(): Cache {
  const map = new Map<string, JsonValue>();
  return { get: (key) => map.get(key), set: (key, value) => void map.set(key, value) };
}

const CACHES: Readonly<Record<string, () => Cache>> = {
  threadheap: () => new HeapCache(shared as SharedHeapCache),
  lmdb: () => new LmdbCache(shared as string),
  'Map behind messages': () => new RemoteMap(),
  'a Map in each worker': ownMap,
};

const cache = CACHES[way]();
const filled = fill();

async function fill(): Promise<void> {
  for (let index = 0; index < KEY_COUNT; index++) await cache.set(keyOf(index), valueOf(index));
}

async function operate(count: number): Promise<void> {
  for (let done = 0; done < count; done++) {
    const index = indices[next++ & (indices.length - 1)];
    if (next % SET_EVERY === 0) await cache.set(keyOf(index), valueOf(index));
    else requireValue(index, await cache.get(keyOf(index)));
  }
}

function requireValue(index: number, value: JsonValue | undefined): void {
  if (value?.id !== index) throw new Error(`the cache has ${value?.id} in place of ${index}`);
}

parentPort!.on('message', (count: unknown) => {
  if (typeof count === 'number') void filled.then(() => operate(count)).then(() => parentPort!.postMessage(count));
});
