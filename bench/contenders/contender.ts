/**
 * What takes part in a comparison: a library behind two calls. `Block` is whatever the library hands out.
 */

/** A library in one thread. Both calls throw when the library fails. */
export interface Allocator<Block> {
  allocate(size: number): Block;
  deallocate(block: Block): void;
}

/** A library as the benchmarks know it. */
export interface Contender<Block, Shared> {
  readonly name: string;
  /** Makes the memory that all threads of a run share; it must survive structured cloning. */
  share(): Shared | Promise<Shared>;
  attach(shared: Shared): Allocator<Block> | Promise<Allocator<Block>>;
}

/** Memory for the live blocks of every workload in two threads, with room for a library's own overhead. */
export const HEAP_BYTES = 32 * 2 ** 20;
