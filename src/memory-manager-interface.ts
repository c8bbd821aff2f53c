/**
 * The abstraction that lets whole allocation algorithms be swapped: four methods over one contiguous block of memory.
 */

/** Bytes as `write` takes them: a typed array or DataView, a whole buffer, or numbers of which each gives one byte. */
export type BlockData = ArrayBufferView | ArrayBufferLike | ArrayLike<number>;

/** What every memory manager can do, whatever its algorithm. */
export abstract class MemoryManagerInterface {
  /**
   * Takes a block of at least `size` bytes.
   *
   * @param size - bytes, a whole number ≥ 0; 0 gets a smallest block
   * @returns the byte address of the block in the shared buffer, never 0, or `null` when there is not enough free memory
   * @throws AllocatorError `BAD_SIZE`
   */
  abstract allocate(size: number): number | null;

  /**
   * Gives the block that starts at `address` back. Any thread may free a block, whoever allocated it. 0 has
   * no effect.
   *
   * @throws AllocatorError `DOUBLE_FREE` or `INVALID_ADDRESS`
   */
  abstract deallocate(address: number): void;

  /**
   * Copies `byteLength` bytes from `address` on, which may lie anywhere inside a live block, into private memory.
   *
   * @throws AllocatorError `INVALID_ADDRESS`, `OUT_OF_BOUNDS` or `BAD_SIZE`
   */
  abstract read(address: number, byteLength: number): Uint8Array<ArrayBuffer>;

  /**
   * Copies the bytes of `data` to `address`, which may lie anywhere inside a live block.
   *
   * @param blockSize - bytes that the caller believes to have there; longer data is refused before anything is written
   * @throws AllocatorError `INVALID_ADDRESS`, `OUT_OF_BOUNDS` or `BAD_SIZE`
   */
  abstract write(address: number, data: BlockData, blockSize?: number): void;
}
