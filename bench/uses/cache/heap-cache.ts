/**
 * A cache written by hand on a bare heap: a fixed table of addresses, a block for each entry, and one lock word for each
 * stripe of the table. It evicts nothing and survives no death of a thread that holds a lock.
 *
 *   table block   one Int32 per place: address of an entry in units of 16 bytes, 0 = none
 *   entry block   key length, value length, key, value        lengths in bytes, texts in UTF-8
 */
import { MemoryManager, type HeapHandle } from '../../../src/index.ts';
import type { Cache } from './cache.ts';
import { KEY_COUNT, type JsonValue } from './json-values.ts';

const PLACES = 2 ** Math.ceil(Math.log2(2 * KEY_COUNT));
const STRIPES = 64;
const HEAP_BYTES = 64 * 2 ** 20;
const LENGTHS_BYTES = 8;
const GRANULE_BYTES = 16;

/** What threads need to meet at the cache. */
export interface SharedHeapCache {
  readonly handle: HeapHandle;
  readonly table: number;
  readonly locks: Int32Array;
}

export function shareHeapCache(): SharedHeapCache {
  const heap = new MemoryManager(HEAP_BYTES);
  const table = heap.allocate(PLACES * Int32Array.BYTES_PER_ELEMENT, { zeroed: true })!;
  const locks = new Int32Array(new SharedArrayBuffer(STRIPES * Int32Array.BYTES_PER_ELEMENT));
  return { handle: heap.handle, table, locks };
}

export class HeapCache implements Cache {
  readonly #heap: MemoryManager;
  readonly #table: Int32Array<SharedArrayBuffer>;
  readonly #locks: Int32Array;

  constructor({ handle, table, locks }: SharedHeapCache) {
    this.#heap = MemoryManager.attach(handle);
    this.#table = this.#heap.view(Int32Array, table, PLACES);
    this.#locks = locks;
  }

  get(key: string): JsonValue | undefined {
    const bytes = Buffer.from(key);
    const hash = hashOf(bytes);
    this.#lock(hash);
    const address = this.#table[this.#placeOf(bytes, hash)] * GRANULE_BYTES;
    const text = address === 0 ? undefined : this.#valueAt(address);
    this.#unlock(hash);
    return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
  }

  set(key: string, value: JsonValue): void {
    const bytes = Buffer.from(key);
    const hash = hashOf(bytes);
    const address = this.#writeEntry(bytes, Buffer.from(JSON.stringify(value)));
    this.#lock(hash);
    const place = this.#placeOf(bytes, hash);
    const before = this.#table[place] * GRANULE_BYTES;
    this.#table[place] = address / GRANULE_BYTES;
    this.#unlock(hash);
    if (before !== 0) this.#heap.deallocate(before);
  }

  #writeEntry(key: Buffer, value: Buffer): number {
    const address = this.#heap.allocate(LENGTHS_BYTES + key.length + value.length)!;
    const entry = this.#heap.view(Uint8Array, address, LENGTHS_BYTES + key.length + value.length);
    new Int32Array(entry.buffer, address, 2).set([key.length, value.length]);
    entry.set(key, LENGTHS_BYTES);
    entry.set(value, LENGTHS_BYTES + key.length);
    return address;
  }

  /** The place of a key, or the empty one where it belongs. Keys of one stripe stay within the stripe. */
  #placeOf(key: Buffer, hash: number): number {
    const first = (hash % STRIPES) * (PLACES / STRIPES);
    for (let step = hash >>> 6; ; step++) {
      const place = first + (step & (PLACES / STRIPES - 1));
      const address = this.#table[place] * GRANULE_BYTES;
      if (address === 0 || this.#hasKey(address, key)) return place;
    }
  }

  #hasKey(address: number, key: Buffer): boolean {
    const memory = Buffer.from(this.#heap.buffer);
    if (memory.readInt32LE(address) !== key.length) return false;
    return memory.compare(key, 0, key.length, address + LENGTHS_BYTES, address + LENGTHS_BYTES + key.length) === 0;
  }

  #valueAt(address: number): string {
    const memory = Buffer.from(this.#heap.buffer);
    const start = address + LENGTHS_BYTES + memory.readInt32LE(address);
    return memory.toString('utf8', start, start + memory.readInt32LE(address + 4));
  }

  #lock(hash: number): void {
    while (Atomics.compareExchange(this.#locks, hash % STRIPES, 0, 1) !== 0)
      Atomics.wait(this.#locks, hash % STRIPES, 1, 1);
  }

  #unlock(hash: number): void {
    Atomics.store(this.#locks, hash % STRIPES, 0);
    Atomics.notify(this.#locks, hash % STRIPES, 1);
  }
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo 1991). */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x81_1c_9d_c5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  return hash >>> 0;
}
