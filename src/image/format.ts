/**
 * What an image looks like. Only the truth of a heap is in it; whatever can be derived is derived when it is loaded.
 *
 *   ├─ head: Head.END words ─┼─ chunk ─┼─ chunk ─┼ … structure … ┼─ chunk ─┼ … contents … ┤
 *
 *   head        constants of the heap, its root words, what the words of the lock said, how long the structure is
 *   structure   the threads that were attached, the head words of the block map, for each slab its class and which
 *               slots are in use (see image/structure)
 *   contents    the bytes of the live blocks in address order, without gaps between them
 *   chunk       a chunk header, then up to CHUNK_BYTES of structure or contents, as they are or deflated. A chunk that
 *               holds nothing but zeros is stored as its header alone
 *
 * The head ends with its checksum. A chunk header has one of the bytes that follow, and one of its own words and place;
 * so a bit that flips, a chunk that is missing, and chunks that changed places are all found. Words have the byte order
 * of the machine, as the bytes of the blocks have: the first word tells which it is.
 */

/** "THIM" in ASCII, the first word of every image. */
export const IMAGE_MAGIC = 0x54_48_49_4d;
/** Raised whenever the code before cannot read what the code after writes. It is not the version of the memory's layout. */
export const IMAGE_VERSION = 1;

/** Words that users of a heap have for themselves, see `Root` in layout/regions. */
export const ROOT_WORDS = 16;
const FIT_NAME_WORDS = 16;

/** Words of the head. */
export const Head = {
  MAGIC: 0,
  VERSION: 1,
  UNIT_BYTES: 2,
  UNIT_COUNT: 3,
  UNIT_LIMIT: 4,
  MAX_THREADS: 5,
  LOCK_TIMEOUT_MS: 6,
  /** Threads, head words and slab words in the structure. */
  THREADS: 7,
  HEADS: 8,
  SLAB_WORDS: 9,
  /** Id of the heap that was saved; one that is loaded gets another. */
  HEAP_ID: 10,
  /** Address of the first unit, in steps of BASE_ALIGNMENT: what the bookkeeping before it needs may differ by version. */
  BASE_STEPS: 12,
  /** What the heap's own words said before the saver took its lock, see image/as-found. */
  FOUND: 13,
  /** Where next-fit goes on, see `Guarded` in layout/regions. */
  ROVER: 23,
  /** Bytes of the fit's name, then the name. */
  FIT_NAME: 24,
  ROOT: 24 + FIT_NAME_WORDS,
  /** See `Header` in layout/regions. */
  OPTIONS: 56,
  CHECKSUM: 63,
  END: 64,
} as const;

/** Words of one thread in the structure. */
export const ThreadRecord = { OWNER: 0, IDENTITY: 1, WORKER_ID: 3, IS_ALIVE: 4, WORDS: 5 } as const;

/** Words of one slab in the structure, before the bits of its slots. */
export const SlabRecord = { SLOT_BYTES: 0, OWNER: 1, BITS: 2 } as const;
