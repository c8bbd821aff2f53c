/**
 * A chunk of named roots: a block of the heap with a hash table of entries and room for their names. Chunks form a
 * chain, each at least twice as long as the one before; none moves or is given back, so whoever has seen one may keep
 * its view, and an image has all that its header leads to. The caller holds the lock.
 *
 *   [header 32 bytes][entries, 32 bytes each][room for names, 2 bytes a code unit]
 *
 * An entry exists while its address is not 0, so one store of the address adds, changes or deletes it. Everything else
 * of an entry is written while its address is 0: a thread that dies there leaves an entry that nobody has, to be used
 * by the next. Room for a name stays with its entry; it is counted as taken before the entry says where it is, so that
 * two entries never share it.
 *
 * Probing is linear and ends at an entry that never had a name; a quarter of the entries stays such.
 */
import { AllocatorError } from '../allocator-error.ts';
import type { RootName } from './root-name.ts';

/** "THRN" in ASCII. */
const MAGIC = 0x54_48_52_4e;

/** Words of the header. */
const ChunkWord = { MAGIC: 0, ENTRY_COUNT: 1, NAMED_ENTRIES: 2, ROOM_TAKEN: 3, NEXT: 4, ROOM: 6, END: 8 } as const;
/** Words of an entry. */
const EntryWord = {
  /** 64 bits: a byte address, 0 in an entry that is free. */
  ADDRESS: 0,
  HASH: 2,
  /** Code units from the start of the chunk to the name; 0 if the entry never had one. */
  NAME: 3,
  NAME_LENGTH: 4,
  /** Code units that the entry may use there. */
  NAME_ROOM: 5,
  WORDS: 8,
} as const;

const BYTES_PER_WORD = 4;
const BYTES_PER_UNIT = 2;
const HEADER_BYTES = ChunkWord.END * BYTES_PER_WORD;
const ENTRY_BYTES = EntryWord.WORDS * BYTES_PER_WORD;
/** Bytes of a chunk for each entry: half of them for the entry itself, the rest for names. */
const BYTES_PER_ENTRY = 64;
const SMALLEST_ROOM = 8;
/** The length of the name of an entry that has had one and has none now. */
const NAMELESS = -1;

/** The bytes of a chunk that has room for `name`, when the last chunk has `before` bytes. */
export function chunkBytesFor({ text }: RootName, before: number): number {
  let byteLength = Math.max(1024, before * 2);
  while (byteLength / 2 - HEADER_BYTES < roomFor(text.length) * BYTES_PER_UNIT) byteLength *= 2;
  return byteLength;
}

function roomFor(length: number): number {
  let room = SMALLEST_ROOM;
  while (room < length) room *= 2;
  return room;
}

/** One chunk, as one thread sees it. Entries are meant by their numbers. */
export class RootChunk {
  readonly byteLength: number;
  readonly entryCount: number;
  readonly #words: Int32Array;
  readonly #longs: BigInt64Array;
  readonly #units: Uint16Array;

  private constructor(buffer: SharedArrayBuffer, address: number, byteLength: number) {
    this.#words = new Int32Array(buffer, address, byteLength / BYTES_PER_WORD);
    this.#longs = new BigInt64Array(buffer, address, byteLength / 8);
    this.#units = new Uint16Array(buffer, address, byteLength / BYTES_PER_UNIT);
    this.byteLength = byteLength;
    this.entryCount = this.#words[ChunkWord.ENTRY_COUNT];
  }

  /** Makes a chunk of a block, which nobody else can reach yet. */
  static create(buffer: SharedArrayBuffer, address: number, byteLength: number): RootChunk {
    const words = new Int32Array(buffer, address, byteLength / BYTES_PER_WORD).fill(0);
    words[ChunkWord.MAGIC] = MAGIC;
    words[ChunkWord.ENTRY_COUNT] = 2 ** Math.floor(Math.log2(byteLength / BYTES_PER_ENTRY));
    words[ChunkWord.ROOM] = byteLength;
    return new RootChunk(buffer, address, byteLength);
  }

  /** @throws AllocatorError `CORRUPTED` if no chunk lies there */
  static at(buffer: SharedArrayBuffer, address: number): RootChunk {
    const isInside = address % 16 === 0 && address + HEADER_BYTES <= buffer.byteLength;
    const header = isInside ? new Int32Array(buffer, address, ChunkWord.END) : undefined;
    const byteLength = header?.[ChunkWord.ROOM] ?? 0;
    const entryBytes = (header?.[ChunkWord.ENTRY_COUNT] ?? 0) * ENTRY_BYTES;
    const isChunk =
      header?.[ChunkWord.MAGIC] === MAGIC &&
      byteLength % 16 === 0 &&
      entryBytes > 0 &&
      HEADER_BYTES + entryBytes <= byteLength &&
      address + byteLength <= buffer.byteLength;
    if (isChunk) return new RootChunk(buffer, address, byteLength);
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
  }

  nameOf(entry: number): string {
    const at = this.#at(entry);
    const start = this.#words[at + EntryWord.NAME];
    return String.fromCharCode(...this.#units.subarray(start, start + this.#words[at + EntryWord.NAME_LENGTH]));
  }

  /** The entry of that name, whether it exists or is free; −1 if there is none. */
  find({ text, hash }: RootName): number {
    for (let probe = 0; probe < this.entryCount; probe++) {
      const entry = (hash + probe) & (this.entryCount - 1);
      const at = this.#at(entry);
      if (this.#words[at + EntryWord.NAME] === 0) return -1;
      if (this.#words[at + EntryWord.HASH] === hash && this.#isNamed(at, text)) return entry;
    }
    return -1;
  }

  /** Gives a free entry the name; −1 if there is none to be had. Its address is still 0 then. */
  name(name: RootName): number {
    for (let probe = 0; probe < this.entryCount; probe++) {
      const entry = (name.hash + probe) & (this.entryCount - 1);
      const at = this.#at(entry);
      const isNew = this.#words[at + EntryWord.NAME] === 0;
      if (isNew && this.#words[ChunkWord.NAMED_ENTRIES] >= this.entryCount * 0.75) return -1;
      if (this.addressOf(entry) === 0 && this.#takeRoom(at, name.text.length)) {
        this.#write(at, name);
        return entry;
      }
      if (isNew) return -1;
    }
    return -1;
  }

  #at(entry: number): number {
    return ChunkWord.END + entry * EntryWord.WORDS;
  }

  #isNamed(at: number, text: string): boolean {
    if (this.#words[at + EntryWord.NAME_LENGTH] !== text.length) return false;
    const start = this.#words[at + EntryWord.NAME];
    for (let index = 0; index < text.length; index++) {
      if (this.#units[start + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  /** Sees to it that a free entry has room for a name of that length: its own, another free entry's, or new room. */
  #takeRoom(at: number, length: number): boolean {
    if (this.#words[at + EntryWord.NAME] !== 0 && this.#roomAt(at) >= length) return true;
    return this.#takeRoomOfAnother(at, length) || this.#takeNewRoom(at, roomFor(length));
  }

  #roomAt(at: number): number {
    return this.#words[at + EntryWord.NAME_ROOM];
  }

  #takeNewRoom(at: number, room: number): boolean {
    const words = this.#words;
    const start = (HEADER_BYTES + this.entryCount * ENTRY_BYTES) / BYTES_PER_UNIT + words[ChunkWord.ROOM_TAKEN];
    if (start + room > this.#units.length) return false;
    words[ChunkWord.ROOM_TAKEN] += room;
    if (words[at + EntryWord.NAME] === 0) words[ChunkWord.NAMED_ENTRIES]++;
    this.#give(at, start, room);
    return true;
  }

  /** Two free entries exchange their room. Neither has any in between, which is lost if the thread ends there. */
  #takeRoomOfAnother(at: number, length: number): boolean {
    const words = this.#words;
    if (words[at + EntryWord.NAME] === 0) return false;
    for (let entry = 0; entry < this.entryCount; entry++) {
      const other = this.#at(entry);
      const [start, room] = [words[other + EntryWord.NAME], this.#roomAt(other)];
      if (room < length || this.addressOf(entry) !== 0) continue;
      const [ownStart, ownRoom] = [words[at + EntryWord.NAME], this.#roomAt(at)];
      this.#strip(other);
      this.#strip(at);
      this.#give(at, start, room);
      this.#give(other, ownStart, ownRoom);
      return true;
    }
    return false;
  }

  /** Takes name and room from a free entry, which goes on standing between others. */
  #strip(at: number): void {
    this.#words[at + EntryWord.NAME_LENGTH] = NAMELESS;
    this.#words[at + EntryWord.NAME_ROOM] = 0;
  }

  #give(at: number, start: number, room: number): void {
    this.#words[at + EntryWord.NAME_LENGTH] = NAMELESS;
    this.#words[at + EntryWord.NAME] = start;
    this.#words[at + EntryWord.NAME_ROOM] = room;
  }

  #write(at: number, { text, hash }: RootName): void {
    const words = this.#words;
    const start = words[at + EntryWord.NAME];
    words[at + EntryWord.HASH] = hash;
    words[at + EntryWord.NAME_LENGTH] = text.length;
    for (let index = 0; index < text.length; index++) this.#units[start + index] = text.charCodeAt(index);
  }
}
