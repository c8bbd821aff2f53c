/** A cache of JSON values as a worker sees it. A way may answer at once or later. */
import type { JsonValue } from './json-values.ts';

export interface Cache {
  get(key: string): JsonValue | undefined | Promise<JsonValue | undefined>;
  set(key: string, value: JsonValue): void | Promise<void>;
}

/** What a worker of the cache is started with. */
export interface CacheWorkerData {
  readonly way: string;
  readonly shared: unknown;
  readonly thread: number;
}
