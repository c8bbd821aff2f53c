/**
 * Who owns which memory, kept beside the heap: one Int32 per 16 bytes, 0 = nobody.
 *
 * A block is claimed right after the heap has given it out and released right before it is given back, each granule
 * by compare-exchange. So whenever the heap has two live blocks over the same bytes, whichever is claimed second finds
 * the other's name there, on whatever threads they are. Untouched pages of the map cost no memory.
 */
export const GRANULE_BYTES = 16;

const NOBODY = 0;

export class ShadowMap {
  readonly #owners: Int32Array<SharedArrayBuffer>;

  constructor(owners: SharedArrayBuffer) {
    this.#owners = new Int32Array(owners);
  }

  /** A map for addresses below `byteLength`. */
  static reserve(byteLength: number): SharedArrayBuffer {
    return new SharedArrayBuffer(Math.ceil(byteLength / GRANULE_BYTES) * 4);
  }

  /** Claims all of the block for `identity`, or nothing and returns who else owns part of it; 0 on success. */
  claim(identity: number, address: number, size: number): number {
    const first = address / GRANULE_BYTES;
    const end = first + granuleCount(size);
    for (let granule = first; granule < end; granule++) {
      const owner = Atomics.compareExchange(this.#owners, granule, NOBODY, identity);
      if (owner === NOBODY) continue;
      this.#clear(first, granule);
      return owner;
    }
    return NOBODY;
  }

  release(address: number, size: number): void {
    const first = address / GRANULE_BYTES;
    this.#clear(first, first + granuleCount(size));
  }

  #clear(first: number, end: number): void {
    for (let granule = first; granule < end; granule++) Atomics.store(this.#owners, granule, NOBODY);
  }
}

/** Even an empty block owns the granule that it starts in. */
function granuleCount(size: number): number {
  return size === 0 ? 1 : Math.ceil(size / GRANULE_BYTES);
}
