/**
 * All named roots of one heap, or all its tags: the chain of chunks, from the header on. Whatever is looked up or changed takes the
 * lock; none of these steps runs code of the user's.
 */
import { AllocatorError } from '../allocator-error.ts';
import { Root } from '../layout/regions.ts';
import { byteOffsetOf, type WordIndex } from '../layout/units.ts';
import { requireHeadroom } from '../sync/headroom.ts';
import type { BlockTable } from '../table/block-table.ts';
import type { Member } from '../heap/member.ts';
import { NO_ADDRESS, takeBlockLocked } from '../heap/supply.ts';
import { chunkBytesFor, RootChunk } from './root-chunk.ts';
import type { RootName } from './root-name.ts';

/** The chunks that this thread has seen so far. */
export class RootChain {
  readonly #member: Member;
  readonly #first: BigInt64Array;
  readonly #chunks: RootChunk[] = [];

  /** @param head - the word of the header that leads to the first chunk */
  constructor(member: Member, head: number = Root.NAMED) {
    this.#member = member;
    this.#first = new BigInt64Array(member.layout.buffer, byteOffsetOf(head as WordIndex), 1);
  }

  /** The address of that name, or 0. */
  get(name: RootName): number {
    return this.#member.locked.run(getLocked, this, name);
  }

  /**
   * Sets the name to `address`, where 0 deletes it, if it has the address `expected` or if that is −1.
   *
   * @returns the address before
   * @throws AllocatorError `OUT_OF_MEMORY`
   */
  exchange(name: RootName, expected: number, address: number): number {
    return this.#member.locked.run(exchangeLocked, this, name, expected, address);
  }

  /**
   * The number of that name in a chain of numbers, the next one for a new name. The first is 1.
   *
   * @throws AllocatorError `OUT_OF_MEMORY`
   */
  numberOf(name: RootName): number {
    return this.#member.locked.run(numberLocked, this, name);
  }

  entries(): [name: string, address: number][] {
    return this.#member.locked.run(entriesLocked, this);
  }

  /** Addresses of the blocks that the chain takes. */
  addresses(): number[] {
    return this.#member.locked.run(addressesLocked, this);
  }

  /** All chunks of the chain. The caller holds the lock. */
  chunksLocked(): readonly RootChunk[] {
    const { buffer } = this.#member.layout;
    for (let next = this.#nextAddress(); next !== NO_ADDRESS; next = this.#nextAddress()) {
      this.#chunks.push(RootChunk.at(buffer, next));
    }
    return this.#chunks;
  }

  /** Adds a chunk that has room for the name. */
  extendLocked(table: BlockTable, name: RootName): RootChunk {
    const last = this.#chunks.at(-1);
    const { layout } = this.#member;
    const byteLength = chunkBytesFor(name, this.#chunks);
    const unitCount = layout.unitsFor(byteLength);
    const address = unitCount <= layout.unitLimit ? takeBlockLocked(table, this.#member, unitCount, 1) : NO_ADDRESS;
    if (address === NO_ADDRESS) {
      throw new AllocatorError('OUT_OF_MEMORY', `no ${byteLength} bytes are free for more named roots`);
    }
    const chunk = RootChunk.create(layout.buffer, address, byteLength, name);
    this.#chunks.push(chunk);
    if (last === undefined) Atomics.store(this.#first, 0, BigInt(address));
    else last.next = address;
    return chunk;
  }

  #nextAddress(): number {
    const last = this.#chunks.at(-1);
    return last === undefined ? Number(this.#first[0]) : last.next;
  }
}

function getLocked(_table: BlockTable, chain: RootChain, name: RootName): number {
  for (const chunk of chain.chunksLocked()) {
    const entry = chunk.find(name);
    if (entry >= 0) return chunk.addressOf(entry);
  }
  return NO_ADDRESS;
}

function exchangeLocked(
  table: BlockTable,
  chain: RootChain,
  name: RootName,
  expected: number,
  address: number,
): number {
  requireHeadroom();
  const chunks = chain.chunksLocked();
  for (const chunk of chunks) {
    const entry = chunk.find(name);
    if (entry < 0) continue;
    const before = chunk.addressOf(entry);
    if (expected < 0 || before === expected) chunk.setAddressOf(entry, address);
    return before;
  }
  if (expected <= 0 && address !== NO_ADDRESS) insertLocked(table, chain, chunks, name, address);
  return NO_ADDRESS;
}

function insertLocked(
  table: BlockTable,
  chain: RootChain,
  chunks: readonly RootChunk[],
  name: RootName,
  address: number,
): void {
  for (const chunk of chunks) {
    const entry = chunk.name(name);
    if (entry < 0) continue;
    chunk.setAddressOf(entry, address);
    return;
  }
  const chunk = chain.extendLocked(table, name);
  chunk.setAddressOf(chunk.name(name), address);
}

function numberLocked(table: BlockTable, chain: RootChain, name: RootName): number {
  const known = getLocked(table, chain, name);
  if (known !== NO_ADDRESS) return known;
  const number = entriesLocked(table, chain).length + 1;
  exchangeLocked(table, chain, name, 0, number);
  return number;
}

function addressesLocked(_table: BlockTable, chain: RootChain): number[] {
  return chain.chunksLocked().map(({ address }) => address);
}

function entriesLocked(_table: BlockTable, chain: RootChain): [string, number][] {
  const entries: [string, number][] = [];
  for (const chunk of chain.chunksLocked()) {
    for (let entry = 0; entry < chunk.entryCount; entry++) {
      const address = chunk.addressOf(entry);
      if (address !== NO_ADDRESS) entries.push([chunk.nameOf(entry), address]);
    }
  }
  return entries;
}
