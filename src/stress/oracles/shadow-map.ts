/**
 * Who owns which memory, kept beside the heap.
 *
 *   memory    │ A A A A A A A A A A A A │ A A A A A A A A A B B B │ B C C …      granules of 16 bytes
 *   starts    │ 1 0 0 0 0 0 0 0 0 0 0 0 │ 0 0 0 0 0 0 0 0 0 1 0 0 │ 0 1 0 …      one bit each: a block starts here
 *   covers    │ 0                       │ A                       │ B            one word for each cell of 32 granules:
 *   blocks    │ A: end, name            │            B: end, name │   C: …       the block that reaches into it from before
 *
 * A block is claimed right after the heap has given it out and released right before it is given back. To claim is to
 * set the bit and one word for each further cell that the block reaches, and to look after each store whether somebody
 * else is there: so of two live blocks over the same bytes, whichever claims second finds the other, on whatever threads
 * they are. A small block costs one atomic operation and two loads.
 *
 * No false alarm: what is found was live when its bit or word was read. Its end may be read a moment later, and is then
 * that of the same block or of another that is live by now; the block being claimed is live all the while.
 * A thread may die anywhere: `release` clears what there is. Untouched pages of the map cost no memory.
 */
export const GRANULE_BYTES = 16;
/** Granules of a cell: as many as a word has bits. */
const CELL = 32;
/** Words for each block: the granule behind its last one, and its name. */
const BLOCK_WORDS = 2;
/** Bytes of the map for each cell. */
const CELL_BYTES: number = 4 * (2 + BLOCK_WORDS * CELL);
const NOBODY = 0;

export class ShadowMap {
  readonly #starts: Int32Array<SharedArrayBuffer>;
  readonly #covers: Int32Array<SharedArrayBuffer>;
  /** BLOCK_WORDS at the first granule of each block. */
  readonly #blocks: Int32Array<SharedArrayBuffer>;

  /** @param byteLength - addresses lie below it; default: as many as the buffer has room for */
  constructor(buffer: SharedArrayBuffer, byteOffset = 0, byteLength: number = addressesIn(buffer.byteLength)) {
    const cells = cellsFor(byteLength);
    this.#starts = new Int32Array(buffer, byteOffset, cells);
    this.#covers = new Int32Array(buffer, byteOffset + 4 * cells, cells);
    this.#blocks = new Int32Array(buffer, byteOffset + 8 * cells, BLOCK_WORDS * CELL * cells);
  }

  /** A map for addresses below `byteLength`. */
  static reserve(byteLength: number): SharedArrayBuffer {
    return new SharedArrayBuffer(cellsFor(byteLength) * CELL_BYTES);
  }

  /** Claims all of the block for `identity`, or nothing and returns who else owns part of it; 0 on success. */
  claim(identity: number, address: number, size: number): number {
    const first = address / GRANULE_BYTES;
    const end = first + granuleCount(size);
    const cell = first >>> 5;
    const bit = 1 << (first & (CELL - 1));
    if ((Atomics.load(this.#starts, cell) & bit) !== 0) return this.#nameOf(first);
    this.#blocks[BLOCK_WORDS * first] = end;
    this.#blocks[BLOCK_WORDS * first + 1] = identity;
    const others = Atomics.or(this.#starts, cell, bit);
    if ((others & bit) !== 0) return this.#nameOf(first);
    const other = this.#inFirstCell(others, first, end) || (end > (cell + 1) * CELL ? this.#cover(first, end) : NOBODY);
    if (other !== NOBODY) this.release(address);
    return other;
  }

  /** Gives up what was claimed from `address` on, if anything was. */
  release(address: number): void {
    const first = address / GRANULE_BYTES;
    const cell = first >>> 5;
    const bit = 1 << (first & (CELL - 1));
    if ((Atomics.load(this.#starts, cell) & bit) === 0) return;
    const last = (this.#blocks[BLOCK_WORDS * first] - 1) >>> 5;
    for (let covered = cell + 1; covered <= last; covered++) {
      if (Atomics.load(this.#covers, covered) === first) Atomics.store(this.#covers, covered, NOBODY);
    }
    Atomics.and(this.#starts, cell, ~bit);
  }

  /** Who else owns part of [first, end) in the cell where it starts. */
  #inFirstCell(others: number, first: number, end: number): number {
    const start = first & ~(CELL - 1);
    const place = first & (CELL - 1);
    const below = others & ((1 << place) - 1);
    const before = below === 0 ? Atomics.load(this.#covers, first >>> 5) : start + CELL - 1 - Math.clz32(below);
    if ((below !== 0 || before !== NOBODY) && this.#blocks[BLOCK_WORDS * before] > first) return this.#nameOf(before);
    const above = place === CELL - 1 ? 0 : others & (-2 << place);
    return above === 0 ? NOBODY : this.#ifBelow(start + lowestBit(above), end);
  }

  /** Covers the cells after the first one; returns who else is there. */
  #cover(first: number, end: number): number {
    const last = (end - 1) >>> 5;
    for (let cell = (first >>> 5) + 1; cell <= last; cell++) {
      const other = Atomics.compareExchange(this.#covers, cell, NOBODY, first);
      if (other !== NOBODY) return this.#nameOf(other);
      const starts = Atomics.load(this.#starts, cell);
      const within = starts === 0 ? NOBODY : this.#ifBelow(cell * CELL + lowestBit(starts), end);
      if (within !== NOBODY) return within;
    }
    return NOBODY;
  }

  #ifBelow(start: number, end: number): number {
    return start < end ? this.#nameOf(start) : NOBODY;
  }

  /** Of a block that was there a moment ago: some name, and never NOBODY. */
  #nameOf(start: number): number {
    return this.#blocks[BLOCK_WORDS * start + 1] || -1;
  }
}

/** Even an empty block owns the granule that it starts in. */
function granuleCount(size: number): number {
  return size === 0 ? 1 : Math.ceil(size / GRANULE_BYTES);
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function cellsFor(byteLength: number): number {
  return Math.ceil(byteLength / GRANULE_BYTES / CELL);
}

function addressesIn(mapBytes: number): number {
  return Math.floor(mapBytes / CELL_BYTES) * CELL * GRANULE_BYTES;
}
