/**
 * A chunk of named roots: a block of the heap with a hash table of entries, each with room for a name of so many code
 * units. Chunks form a chain; each has at least twice as many entries as the last one with the same room. None moves or
 * is given back, so whoever has seen one may keep its view, and an image has all that its header leads to. The caller
 * holds the lock.
 *
 *   [header][ address │ hash │ length + 1 │ name … ][ address │ …
 *
 * An entry exists while its address is not 0, so one store of the address adds, changes or deletes it. Everything else
 * of an entry is written while its address is 0: a thread that dies there leaves an entry that nobody has, to be used
 * by the next.
 *
 * Probing is linear and ends at an empty entry, which has never had a name or has been emptied since: when an entry is
 * deleted and the one behind it is empty, it is emptied too, and so are those before it that are free. At least a quarter
 * of the entries is empty.
 */
import { AllocatorError } from '../allocator-error.ts';
import type { RootName } from './root-name.ts';

/** "THRN" in ASCII. */
const MAGIC = 0x54_48_52_4e;

/** Words of the header. */
const ChunkWord = { MAGIC: 0, ENTRY_COUNT: 1, NAMED_ENTRIES: 2, ROOM: 3, NEXT: 4, BYTES: 6, END: 8 } as const;
/** Words of an entry. */
const EntryWord = {
  /** 64 bits: a byte address, 0 in an entry that is free. */
  ADDRESS: 0,
  HASH: 2,
  /** Code units of the name plus one; 0 if the entry is empty. */
  LENGTH: 3,
  NAME: 4,
} as const;

const BYTES_PER_WORD = 4;
const BYTES_PER_UNIT = 2;
const UNITS_PER_WORD = BYTES_PER_WORD / BYTES_PER_UNIT;
/** Room for names, in code units. */
const ROOMS: readonly number[] = [16, 64, 256, 1024];
const FIRST_CHUNK_BYTES = 1024;
/** Entries of a first chunk with long names. */
const LEAST_ENTRIES = 4;
/** Share of the entries that may have a name. */
const FULL_SHARE = 3 / 4;

const wordsOfEntry = (room: number) => EntryWord.NAME + room / UNITS_PER_WORD;
const roomFor = ({ text }: RootName) => ROOMS.find((room) => room >= text.length)!;

/** The bytes of a new chunk for a name like `name`, in a chain that has `chunks`. */
export function chunkBytesFor(name: RootName, chunks: readonly RootChunk[]): number {
  const room = roomFor(name);
  const before = chunks.findLast((chunk) => chunk.room === room);
  const least = (ChunkWord.END + LEAST_ENTRIES * wordsOfEntry(room)) * BYTES_PER_WORD;
  return before === undefined ? Math.max(FIRST_CHUNK_BYTES, Math.ceil(least / 1024) * 1024) : before.byteLength * 2;
}

/** One chunk, as one thread sees it. Entries are meant by their numbers. */
export class RootChunk {
  readonly address: number;
  readonly byteLength: number;
  readonly entryCount: number;
  /** Longest name, in code units. */
  readonly room: number;
  readonly #words: Int32Array;
  readonly #longs: BigInt64Array;
  readonly #units: Uint16Array;

  private constructor(buffer: SharedArrayBuffer, address: number, byteLength: number) {
    this.#words = new Int32Array(buffer, address, byteLength / BYTES_PER_WORD);
    this.#longs = new BigInt64Array(buffer, address, byteLength / 8);
    this.#units = new Uint16Array(buffer, address, byteLength / BYTES_PER_UNIT);
    this.address = address;
    this.byteLength = byteLength;
    this.entryCount = this.#words[ChunkWord.ENTRY_COUNT];
    this.room = this.#words[ChunkWord.ROOM];
  }

  /** Makes a chunk for names like `name` of a block, which nobody else can reach yet. */
  static create(buffer: SharedArrayBuffer, address: number, byteLength: number, name: RootName): RootChunk {
    const words = new Int32Array(buffer, address, byteLength / BYTES_PER_WORD).fill(0);
    const room = roomFor(name);
    words[ChunkWord.MAGIC] = MAGIC;
    words[ChunkWord.ROOM] = room;
    words[ChunkWord.ENTRY_COUNT] = Math.floor((words.length - ChunkWord.END) / wordsOfEntry(room));
    words[ChunkWord.BYTES] = byteLength;
    return new RootChunk(buffer, address, byteLength);
  }

  /** @throws AllocatorError `CORRUPTED` if no chunk lies there */
  static at(buffer: SharedArrayBuffer, address: number): RootChunk {
    const isInside = address % 16 === 0 && address + ChunkWord.END * BYTES_PER_WORD <= buffer.byteLength;
    const header = isInside ? new Int32Array(buffer, address, ChunkWord.END) : undefined;
    if (header?.[ChunkWord.MAGIC] === MAGIC && isSound(header, buffer.byteLength - address)) {
      return new RootChunk(buffer, address, header[ChunkWord.BYTES]);
    }
    throw new AllocatorError('CORRUPTED', `the named roots lead to address ${address}, where none are`);
  }

  /** Byte address of the next chunk, 0 if there is none. */
  get next(): number {
    return Number(this.#longs[ChunkWord.NEXT / 2]);
  }

  /** Commits that there is a next chunk. */
  set next(address: number) {
    Atomics.store(this.#longs, ChunkWord.NEXT / 2, BigInt(address));
  }

  addressOf(entry: number): number {
    return Number(this.#longs[this.#at(entry) / 2]);
  }

  /** Commits a change of the entry. */
  setAddressOf(entry: number, address: number): void {
    Atomics.store(this.#longs, this.#at(entry) / 2, BigInt(address));
    if (address === 0) this.#empty(entry);
  }

  nameOf(entry: number): string {
    const at = this.#at(entry);
    const start = (at + EntryWord.NAME) * UNITS_PER_WORD;
    return String.fromCharCode(...this.#units.subarray(start, start + this.#words[at + EntryWord.LENGTH] - 1));
  }

  /** The entry of that name, whether it exists or is free; −1 if there is none. */
  find({ text, hash }: RootName): number {
    if (text.length > this.room) return -1;
    for (let probe = 0, entry = this.#first(hash); probe < this.entryCount; probe++, entry = this.#after(entry)) {
      const at = this.#at(entry);
      if (this.#words[at + EntryWord.LENGTH] === 0) return -1;
      if (this.#words[at + EntryWord.HASH] === hash && this.#isNamed(at, text)) return entry;
    }
    return -1;
  }

  /** Gives a free entry the name; −1 if there is none to be had. Its address is still 0 then. */
  name({ text, hash }: RootName): number {
    if (text.length > this.room) return -1;
    for (let probe = 0, entry = this.#first(hash); probe < this.entryCount; probe++, entry = this.#after(entry)) {
      if (this.addressOf(entry) !== 0) continue;
      const at = this.#at(entry);
      if (this.#words[at + EntryWord.LENGTH] === 0) {
        if (this.#words[ChunkWord.NAMED_ENTRIES] >= this.entryCount * FULL_SHARE) return -1;
        this.#words[ChunkWord.NAMED_ENTRIES]++;
      }
      this.#write(at, text, hash);
      return entry;
    }
    return -1;
  }

  #write(at: number, text: string, hash: number): void {
    const start = (at + EntryWord.NAME) * UNITS_PER_WORD;
    for (let index = 0; index < text.length; index++) this.#units[start + index] = text.charCodeAt(index);
    this.#words[at + EntryWord.HASH] = hash;
    this.#words[at + EntryWord.LENGTH] = text.length + 1;
  }

  /** Empties a free entry and the free ones before it, if the one behind it is empty: no search goes on there. */
  #empty(entry: number): void {
    if (this.#words[this.#at(this.#after(entry)) + EntryWord.LENGTH] !== 0) return;
    for (let free = entry; this.addressOf(free) === 0; free = free === 0 ? this.entryCount - 1 : free - 1) {
      const at = this.#at(free);
      if (this.#words[at + EntryWord.LENGTH] === 0) return;
      this.#words[at + EntryWord.LENGTH] = 0;
      this.#words[ChunkWord.NAMED_ENTRIES]--;
    }
  }

  #first(hash: number): number {
    return (hash >>> 0) % this.entryCount;
  }

  #after(entry: number): number {
    return entry + 1 === this.entryCount ? 0 : entry + 1;
  }

  #at(entry: number): number {
    return ChunkWord.END + entry * wordsOfEntry(this.room);
  }

  #isNamed(at: number, text: string): boolean {
    if (this.#words[at + EntryWord.LENGTH] !== text.length + 1) return false;
    const start = (at + EntryWord.NAME) * UNITS_PER_WORD;
    for (let index = 0; index < text.length; index++) {
      if (this.#units[start + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }
}

/** Whether the numbers of a header fit each other and the bytes that there are. */
function isSound(header: Int32Array, bytesThere: number): boolean {
  const [byteLength, room, entryCount] = [
    header[ChunkWord.BYTES],
    header[ChunkWord.ROOM],
    header[ChunkWord.ENTRY_COUNT],
  ];
  if (byteLength > bytesThere || byteLength % 16 !== 0 || !ROOMS.includes(room)) return false;
  return entryCount > 0 && (ChunkWord.END + entryCount * wordsOfEntry(room)) * BYTES_PER_WORD <= byteLength;
}
