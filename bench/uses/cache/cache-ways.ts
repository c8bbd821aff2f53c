/**
 * A cache of JSON values that several workers use at once: nine of ten operations get a value, the tenth sets one. Each
 * worker does its share of a round.
 *
 * A Map in each worker is no shared cache: what one worker sets, the others do not see. It is there to show what sharing
 * costs and what it saves in memory.
 */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { OpenedWay, Ways } from '../use.ts';
import type { CacheWorkerData } from './cache.ts';
import { shareHeapCache } from './heap-cache.ts';
import type { JsonValue } from './json-values.ts';
import { shareLmdbCache } from './lmdb-cache.ts';
import { serveMap } from './remote-map.ts';

const SHARERS: Readonly<Record<string, () => unknown>> = {
  threadheap: shareHeapCache,
  lmdb: shareLmdbCache,
  'Map behind messages': () => undefined,
  'a Map in each worker': () => undefined,
};

class CacheWorkers implements OpenedWay {
  readonly #shared: unknown;
  readonly #workers: Worker[];

  constructor(way: string, count: number) {
    this.#shared = SHARERS[way]();
    const entry = new URL('cache-worker.js', import.meta.url);
    const map = new Map<string, JsonValue>();
    this.#workers = Array.from({ length: count }, (_, thread) => {
      const workerData: CacheWorkerData = { way, shared: this.#shared, thread };
      const worker = new Worker(entry, { workerData });
      if (way === 'Map behind messages') serveMap(worker, map);
      return worker;
    });
  }

  async run(count: number): Promise<void> {
    const share = Math.ceil(count / this.#workers.length);
    await Promise.all(this.#workers.map((worker) => doShare(worker, share)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    if (typeof this.#shared === 'string') await rm(dirname(this.#shared), { recursive: true });
  }
}

/** Workers answer a share with a number; their other messages are questions to a map. */
async function doShare(worker: Worker, share: number): Promise<void> {
  worker.postMessage(share);
  for (;;) {
    const [answer] = (await once(worker, 'message')) as [unknown];
    if (answer === share) return;
  }
}

export const CACHES: Ways = Object.fromEntries(
  Object.keys(SHARERS).map((way) => [way, (variant) => Promise.resolve(new CacheWorkers(way, variant))]),
);
