/**
 * Where every word lives. One picture, then one declaration for each offset; each region starts where the one
 * before ends, and regions that different threads write never share a cache line.
 *
 *   word 0
 *   ├─ Header ─┼─ Root ─┼─ spare ─┼─ Lock ─┼─ Guarded ─┼─ thread slots ─┼─ block map ─┼─ head bitmap ─┼─ free-list table ─┤
 *      fixed      atomic   zero      atomic   under lock   atomic           the truth     derived          derived
 *   ├─ bins ─┼─ bin bitmap ─┼─ longest-run tree ─┼─ slabs: starts, classes, owners, slot states ─┼─ labels ─┼─ user bytes ─┤
 *      derived   derived        derived                only with slabs                              if asked   64 KiB aligned
 *
 * Sizes follow from what is fixed at creation: bytes per unit, the greatest number of units, the greatest number of
 * threads, and whether there are labels. Everything is laid out for the maximum; pages that are never touched cost no memory.
 */
import { sum } from '../sum.ts';
import { BITS_PER_WORD, BYTES_PER_WORD, CACHE_LINE_WORDS, roundUp, wordAfter, type WordIndex } from './units.ts';

/** "THRH" in ASCII, the first word of every heap. */
export const MAGIC = 0x54_48_52_48;
/** Raised whenever a heap laid out by the code before cannot be read by the code after. */
export const FORMAT_VERSION = 2;

/** A block map word counts units in 30 bits. */
export const UNIT_LIMIT: number = 2 ** 30 - 1;
/** Most threads that an owner word can tell apart: it names one in 10 bits, and 0 stands for none. */
export const THREAD_LIMIT: number = 2 ** 10 - 1;

/** Most blocks that a thread keeps in quarantine. */
export const QUARANTINE_LIMIT = 65_536;

/** Words of a fit's name in the header: one for its length in bytes, the rest UTF-8. */
export const FIT_NAME_WORDS = 16;
export const FIT_NAME_BYTES: number = (FIT_NAME_WORDS - 1) * BYTES_PER_WORD;

/** Written once before the heap is handed to anyone, constant ever after. Words 0 to 7 never move between versions. */
export const Header = {
  MAGIC: 0,
  VERSION: 1,
  /** Random 64 bits, by which a thread recognizes a heap that it is attached to already. */
  HEAP_ID: 2,
  UNIT_BYTES: 4,
  UNIT_LIMIT: 5,
  MAX_THREADS: 6,
  LOCK_TIMEOUT_MS: 7,
  FIT_NAME: 8,
  /** Bits of what a heap has beyond the plain one. A library refuses a heap with a bit that it does not know. */
  OPTIONS: 8 + FIT_NAME_WORDS,
  /** What the memory is; 0: a SharedArrayBuffer. A library refuses a kind that it does not know. */
  KIND: 9 + FIT_NAME_WORDS,
  /** Of all other words of the header, see layout/header. */
  CHECKSUM: 10 + FIT_NAME_WORDS,
  /** Freed blocks that each thread keeps for a while to see whether somebody writes to them. */
  QUARANTINE: 11 + FIT_NAME_WORDS,
  /** Words from here on are spare, and 0. */
  SPARE: 12 + FIT_NAME_WORDS,
  END: 2 * CACHE_LINE_WORDS,
} as const;

/** Bits of the header's OPTIONS. */
export const Option = {
  /** There are labels: who allocated a block, and with which tag. */
  LABELS: 1,
  /** What is freed is filled with zeros. */
  ZERO_ON_FREE: 2,
  ALL: 3,
} as const;

/**
 * Where threads meet, and where to begin with what lies in blocks. The rest of the cache line is spare, and 0. An image keeps
 * all of it.
 */
export const Root = {
  /** One 64-bit word that belongs to the users. */
  VALUE: Header.END,
  /** Byte address of the first chunk of named roots, 0 before there is one; see roots/root-chunk. */
  NAMED: Header.END + 2,
  /** The same of tags, whose addresses are their numbers; see debug/diagnostics. */
  TAGS: Header.END + 4,
  /** The description of the struct that was described last, in steps of 16 bytes; see data/struct/registry. */
  TYPES: Header.END + 6,
  END: Header.END + CACHE_LINE_WORDS,
} as const;

/**
 * The words of the lock, alone on their cache line; see sync/robust-lock for their states. A spare cache line lies
 * before it, all 0.
 */
export const Lock = {
  OWNER: Root.END + CACHE_LINE_WORDS,
  /** Who goes first. */
  TURN: Root.END + CACHE_LINE_WORDS + 1,
  /** Count of releases that somebody may have waited for. */
  MOVES: Root.END + CACHE_LINE_WORDS + 2,
  END: Root.END + 2 * CACHE_LINE_WORDS,
} as const;

/** Words written only by the holder of the lock. Others may read them for statistics. */
export const Guarded = {
  /** A `Change` from before the first store of a change until after its last: whoever finds it set repairs first. */
  DIRTY: Lock.END,
  /** Units under management. Its store commits a growth. */
  UNIT_COUNT: Lock.END + 1,
  /** Derived: units of live blocks. */
  USED_UNITS: Lock.END + 2,
  PEAK_USED_UNITS: Lock.END + 3,
  /** Derived: number of free runs. */
  FREE_RUNS: Lock.END + 4,
  /** Where next-fit looks first. Any value is valid. */
  ROVER: Lock.END + 5,
  LOCK_WAITS: Lock.END + 6,
  LOCK_SEIZURES: Lock.END + 7,
  /** While DIRTY: the head whose store commits the change, and what it will hold. Only for the report of a repair. */
  PENDING_HEAD: Lock.END + 8,
  PENDING_WORD: Lock.END + 9,
  /** An `Orphans`: whether there may be slabs whose owner has left or died. Atomic. */
  ORPHANS: Lock.END + CACHE_LINE_WORDS,
  END: Lock.END + 2 * CACHE_LINE_WORDS,
} as const;

/** Values of DIRTY. */
export const Change = {
  NONE: 0,
  /** Something is being written that no one can see; nothing is to be committed yet. */
  PREPARED: 1,
  /** A store to the block map commits. */
  BLOCKS: 2,
  /** A store to UNIT_COUNT commits. */
  GROWTH: 3,
} as const;

/** Values of ORPHANS. */
export const Orphans = {
  NONE: 0,
  /** There may be some: said without the lock by whoever learns of it. */
  NOTED: 1,
  /** The holder of the lock looks through all slabs. What is noted meanwhile is for the next look. */
  BEING_ADOPTED: 2,
} as const;

/** The words of one thread's slot, a cache line each. */
export const ThreadSlot = {
  /** 64 bits: generation and identity, see sync/thread-slots. */
  CLAIM: 0,
  /** `threadId` of worker_threads plus one, for messages and for watching; 0 = not known. */
  WORKER_ID: 2,
  /** Raised and notified by whoever asks the thread to give back what it holds without knowing, see sync/answering. */
  QUESTION: 3,
  /** Owner word of the tenant whose Web Lock was seen in its hands: its absence is a death from then on. */
  VOUCHED: 4,
  /** The owner word of a tenant that has left but may come back, negated once it is being expelled; else 0. */
  LINGERING: 5,
  /** Any value: the tenant writes here to see whether another buffer object is the same memory. */
  PROBE: 6,
  WORDS: CACHE_LINE_WORDS,
} as const;

/** The words of one tuple of the free-list table. */
export const Tuple = { START: 0, LENGTH: 1, PREVIOUS: 2, NEXT: 3, WORDS: 4 } as const;

/** The words of a label, which stands at the number of the block's first step of SLOT_STEP_BYTES; see debug/labels. */
export const Label = { OWNER: 0, WORKER_ID: 1, TAG: 2, STATE: 3, WORDS: 4 } as const;

/** Slots are multiples of this many bytes, so a unit holds at most `unitBytes / SLOT_STEP_BYTES` of them. */
export const SLOT_STEP_BYTES = 16;
/** Units of this many bytes when small blocks come from slabs; SLOT_STEP_BYTES when all come from the table. */
export const SLAB_UNIT_BYTES = 1024;

/** User bytes start at a multiple of this, so that an empty heap serves every alignment from its first byte. */
export const BASE_ALIGNMENT = 65_536;

/** Children of a node of the longest-run tree. */
export const TREE_ARITY = 8;

/** Number of nodes per level, leaves first, when each level covers `arity` nodes of the one below. */
export function levelSizes(leafCount: number, arity: number): number[] {
  const sizes = [Math.max(1, leafCount)];
  for (let size = sizes[0]; size > 1;) sizes.push((size = Math.ceil(size / arity)));
  return sizes;
}

/** Number of words per level of a bitmap with 32-ary summaries over `bitCount` bits. */
export function bitmapLevelSizes(bitCount: number): number[] {
  return levelSizes(Math.ceil(bitCount / BITS_PER_WORD), BITS_PER_WORD);
}

/** What fixes a layout. */
export interface LayoutParameters {
  readonly unitBytes: number;
  readonly unitLimit: number;
  readonly maxThreads: number;
  /** `Option` bits; none if not given. */
  readonly options?: number;
}

/** A contiguous range of words. */
export interface Region {
  readonly name: string;
  readonly start: WordIndex;
  readonly wordCount: number;
}

/** The regions whose place depends on the layout's parameters. */
export interface Regions {
  readonly threadSlots: Region;
  readonly blockMap: Region;
  readonly headBitmap: Region;
  readonly freeList: Region;
  readonly bins: Region;
  readonly binBitmap: Region;
  readonly longestRuns: Region;
  /** For each unit of a slab its first unit plus one; 0 elsewhere. */
  readonly slabStarts: Region;
  /** At the first unit of a slab: its size class. */
  readonly slabClasses: Region;
  /** At the first unit of a slab: the owner word of the thread that allocates from it, 0 when it has left. */
  readonly slabOwners: Region;
  /** One Uint16 for each SLOT_STEP_BYTES of user memory, from the first unit of a slab on one per slot. */
  readonly slotStates: Region;
  /** A `Label` for each SLOT_STEP_BYTES of user memory; empty in a heap without labels. */
  readonly labels: Region;
  /** Byte address of the first unit. */
  readonly base: number;
}

/** Places every region for the given parameters. */
export function placeRegions({ unitBytes, unitLimit, maxThreads, options = 0 }: LayoutParameters): Regions {
  const slabUnits = unitBytes === SLAB_UNIT_BYTES ? unitLimit : 0;
  const labelCount = (options & Option.LABELS) === 0 ? 0 : (unitLimit * unitBytes) / SLOT_STEP_BYTES;
  let end = Guarded.END as WordIndex;
  const place = (name: string, wordCount: number): Region => {
    const region = { name, start: end, wordCount };
    end = wordAfter(end, roundUp(wordCount, CACHE_LINE_WORDS));
    return region;
  };
  const regions = {
    threadSlots: place('thread slots', maxThreads * ThreadSlot.WORDS),
    blockMap: place('block map', unitLimit),
    headBitmap: place('head bitmap', sum(bitmapLevelSizes(unitLimit))),
    freeList: place('free-list table', Math.ceil(unitLimit / 2) * Tuple.WORDS),
    bins: place('bins', unitLimit + 1),
    binBitmap: place('bin bitmap', sum(bitmapLevelSizes(unitLimit + 1))),
    longestRuns: place('longest-run tree', sum(levelSizes(Math.ceil(unitLimit / BITS_PER_WORD), TREE_ARITY))),
    slabStarts: place('slab starts', slabUnits),
    slabClasses: place('slab classes', slabUnits),
    slabOwners: place('slab owners', slabUnits),
    slotStates: place('slot states', (slabUnits * unitBytes) / SLOT_STEP_BYTES / 2),
    labels: place('labels', labelCount * Label.WORDS),
  };
  return { ...regions, base: roundUp(end * BYTES_PER_WORD, BASE_ALIGNMENT) };
}
