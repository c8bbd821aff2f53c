/** A cache in a file of lmdb that the workers have mapped. It is not synchronized to disk, as a cache need not be. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import type { Cache } from './cache.ts';
import type { JsonValue } from './json-values.ts';

export function shareLmdbCache(): string {
  return join(mkdtempSync(join(tmpdir(), 'threadheap-lmdb-')), 'cache');
}

export class LmdbCache implements Cache {
  readonly #database: RootDatabase<JsonValue, string>;

  constructor(path: string) {
    this.#database = open<JsonValue, string>({ path, encoding: 'json', noSync: true, mapSize: 64 * 2 ** 20 });
  }

  get(key: string): JsonValue | undefined {
    return this.#database.get(key);
  }

  async set(key: string, value: JsonValue): Promise<void> {
    await this.#database.put(key, value);
  }
}
