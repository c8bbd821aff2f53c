/**
 * Scenarios for the heap: a heap in the scenario's buffer, threads that attach to it, and a ledger in which they write
 * down what they hold, so that at the end every block can be accounted for, also after deaths.
 *
 *   buffer   ├── heap, bookkeeping and user bytes ──┼─ DEATHS ─┼─ ledger: LEDGER_SLOTS words per thread ─┤
 *
 * A ledger word holds the address of a block its thread has, the negated address while the thread is giving it back,
 * and 0 otherwise. Deaths are virtual: the operating system knows nothing of them, so `onDeath` sets a bit that the
 * liveness given to the heap reads.
 *
 * A heap with `maxByteLength` must be in a growable buffer, whose end moves: there the ledger cannot lie behind it, and
 * takes the place of the slots of threads that the heap has room for but no one uses.
 */
import { defineScenario, type Scenario } from '../../src/explore/index.ts';
import { Guarded, ThreadSlot } from '../../src/layout/regions.ts';
import { byteOffsetOf, wordAfter } from '../../src/layout/units.ts';
import type { Liveness, MemoryManagerOptions } from '../../src/index.ts';
import { MemoryManager } from '../../src/memory-manager/memory-manager.ts';
import { checkedParameters } from '../../src/memory-manager/options.ts';
import type { Membership } from '../../src/heap/membership.ts';
import { createMember, openMember } from '../../src/memory-manager/members.ts';
import { layoutOfHeap } from '../../src/memory-manager/heap-buffer.ts';

/** Threads that a heap of a scenario has room for. The slots of the last ones hold the ledger. */
const MAX_THREADS = 6;
const LEDGER_THREADS = 3;
/** Blocks that a thread can have at a time. */
export const LEDGER_SLOTS = 7;
const DEATHS = 15;
/** In the first thread's words: not 0 when what it has prepared may be used, or when it is dead. */
const READY = 2;
/** In every thread's words: what it wants to tell `check`. The same word, since no scenario needs both. */
const NOTE = 2;
/** Behind the words of a thread slot, which must stay 0 where nobody has it. */
const FIRST_SLOT = 8;
/** Identity of the thread that sets up and checks; those of the others are their indexes plus one. */
const OBSERVER = 100;

/** What a thread of a scenario works with. */
export interface HeapThread {
  readonly heap: MemoryManager;
  /** What lies behind the heap, for what its facade has no parameter for. */
  readonly member: Membership;
  readonly index: number;
  /** Allocates, and writes the block down. */
  readonly take: (slot: number, size: number) => number | null;
  /** Gives the block written down there back. */
  readonly free: (slot: number) => void;
  /** Gives a block of another thread back, if it has written one down. */
  readonly freeOf: (owner: number, slot: number) => void;
  /** The address written down there, or 0. */
  readonly held: (owner: number, slot: number) => number;
  /** Writes down where a block is now. */
  readonly moved: (slot: number, address: number | null) => void;
  /** Leaves for the time being; what `heap` and `member` were must not be used any more. */
  readonly goAway: () => void;
  /** Comes back; tells whether all that the thread had was still its own. */
  readonly comeBack: () => boolean;
  /** Lets the others go on. Called by the first thread. */
  readonly handOver: () => void;
  /** Waits until the first thread has handed over or died. */
  readonly awaitHandOver: () => void;
  /** Leaves a number for `check`. Where the first thread hands something over, not for that one. */
  readonly note: (value: number) => void;
}

/** A scenario for the heap. */
export interface HeapScenario {
  readonly threads: number;
  readonly blockSize: number;
  readonly options?: MemoryManagerOptions;
  /** The thread that makes the heap stays attached, alive and idle, and so keeps its slabs. */
  readonly makerStays?: boolean;
  /** Blocks may be read while they are used anew: what is read then is thrown away. */
  readonly racesInBlocks?: boolean;
  /** Runs in the thread that makes the heap, before the others. The block held at [owner, slot] is written down. */
  setup?(heap: MemoryManager, hold: (owner: number, slot: number, address: number | null) => void): void;
  thread(thread: HeapThread): void;
  /** Runs before anything else is done to the heap, with the units in use as they stand in it. */
  untouched?(usedUnits: number, died: readonly number[]): void;
  /** Runs before the heap is recovered, checked and accounted for. */
  inspect?(heap: MemoryManager, died: readonly number[]): void;
  /** The blocks that lie in others which are held, or where the heap itself keeps them; asked for after that. */
  reached?(heap: MemoryManager): readonly number[];
  /** Blocks that a death may leave behind, which are 1 if it is not said. */
  readonly lostPerDeath?: number;
  /** Runs after that. */
  check?(heap: MemoryManager, died: readonly number[], notes: readonly number[]): string | number | void;
}

/** The heap as every schedule finds it. The owner of a slab reads slot states plainly, see src/slab/slab-table. */
interface HeapImage {
  readonly bytes: Uint8Array;
  readonly maxBytes: number;
  readonly slotStates: { readonly start: number; readonly end: number };
  /** Where blocks begin. */
  readonly base: number;
}

/** Attachments of threads that were cut off. They must not be collected, which would free their slots. */
const cutOff: unknown[] = [];

/** Makes a scenario of the explorer out of one for the heap. */
export function heapScenario(scenario: HeapScenario): Scenario {
  const { threads, options = {} } = scenario;
  const image = imageOf(scenario);
  const maxBytes = options.maxByteLength === undefined ? undefined : image.maxBytes;
  const seats: (Seat | undefined)[] = [];
  return defineScenario({
    threads,
    bytes: image.bytes.length,
    ...(maxBytes === undefined ? {} : { maxBytes }),
    setup(buffer) {
      new Uint8Array(buffer).set(image.bytes);
    },
    thread(index, buffer) {
      const seat = new Seat(buffer, index + 1);
      seats[index] = seat;
      scenario.thread(threadOf(seat, index));
      if (!seat.isAway) seat.member.leave();
      seats[index] = undefined;
    },
    racesAllowedAt: (address) =>
      (address >= image.slotStates.start && address < image.slotStates.end) ||
      (scenario.racesInBlocks === true && address >= image.base),
    unwound(index) {
      cutOff.push(seats[index]);
    },
    onDeath(index, buffer) {
      const ledger = ledgerOf(buffer);
      Atomics.or(ledger, DEATHS, 1 << (index + 1));
      if (index === 0) Atomics.store(ledger, READY, 1);
    },
    check(buffer, { died }) {
      scenario.untouched?.(layoutOfHeap(buffer).words[Guarded.USED_UNITS], died);
      const heap = new MemoryManager(join(buffer, OBSERVER));
      scenario.inspect?.(heap, died);
      heap.recover();
      const reached = new Set(scenario.reached?.(heap));
      account(heap, threads, died.length * (scenario.lostPerDeath ?? 1), reached);
      const ledger = ledgerOf(buffer);
      const notes = Array.from({ length: threads }, (_, index) => ledger[index * ThreadSlot.WORDS + NOTE]);
      const outcome = scenario.check?.(heap, died, notes);
      heap.detach();
      return outcome;
    },
  });
}

function imageOf(scenario: HeapScenario): HeapImage {
  const { blockSize, options } = scenario;
  const liveness = livenessOf(undefined, OBSERVER);
  const member = createMember(checkedParameters(blockSize, { ...options, maxThreads: MAX_THREADS, liveness }));
  const heap = new MemoryManager(member);
  const ledger = ledgerOf(heap.buffer);
  scenario.setup?.(heap, (owner, slot, address) => {
    ledger[ledgerIndex(owner, slot)] = address!;
  });
  const { maxByteLength } = heap.buffer;
  if (scenario.makerStays !== true) member.leave();
  const { start, wordCount } = layoutOfHeap(heap.buffer).regions.slotStates;
  const slotStates = { start: byteOffsetOf(start), end: byteOffsetOf(wordAfter(start, wordCount)) };
  const bytes = new Uint8Array(heap.buffer).slice();
  return { bytes, maxBytes: maxByteLength, slotStates, base: layoutOfHeap(heap.buffer).base };
}

/** A thread's membership, which it may leave and come back to. */
class Seat {
  member: Membership;
  heap: MemoryManager;
  isAway = false;
  readonly #buffer: SharedArrayBuffer;
  readonly #identity: number;

  constructor(buffer: SharedArrayBuffer, identity: number) {
    this.#buffer = buffer;
    this.#identity = identity;
    this.member = join(buffer, identity);
    this.heap = new MemoryManager(this.member);
  }

  goAway(): void {
    this.heap.detach();
    this.isAway = true;
  }

  comeBack(): boolean {
    const isSame = this.member.resume();
    if (!isSame) this.member = join(this.#buffer, this.#identity);
    this.heap = new MemoryManager(this.member);
    this.isAway = false;
    return isSame;
  }
}

/** Attaches past the list of heaps that this thread knows, since the heap is a new one in each schedule. */
function join(buffer: SharedArrayBuffer, identity: number): Membership {
  return openMember(layoutOfHeap(buffer), { fits: [], liveness: livenessOf(buffer, identity) }, false);
}

function livenessOf(buffer: SharedArrayBuffer | undefined, identity: number): Liveness {
  return {
    self: () => identity,
    isAlive: (other) => buffer === undefined || (Atomics.load(ledgerOf(buffer), DEATHS) & (1 << other)) === 0,
  };
}

/** The words of the last thread slots. The first ones stay 0: nobody has these slots. */
function ledgerOf(buffer: SharedArrayBuffer): Int32Array {
  const { threadSlots } = layoutOfHeap(buffer).regions;
  const first = threadSlots.start + (MAX_THREADS - LEDGER_THREADS) * ThreadSlot.WORDS;
  return new Int32Array(buffer, first * Int32Array.BYTES_PER_ELEMENT, LEDGER_THREADS * ThreadSlot.WORDS);
}

const ledgerIndex = (owner: number, slot: number) => owner * ThreadSlot.WORDS + FIRST_SLOT + slot;

function threadOf(seat: Seat, index: number): HeapThread {
  const ledger = ledgerOf(seat.heap.buffer);
  const freeOf = (owner: number, slot: number): void => {
    const place = ledgerIndex(owner, slot);
    const address = Atomics.load(ledger, place);
    if (address === 0) return;
    Atomics.store(ledger, place, -address);
    seat.heap.deallocate(address);
    Atomics.store(ledger, place, 0);
  };
  return {
    get heap() {
      return seat.heap;
    },
    get member() {
      return seat.member;
    },
    index,
    take(slot, size) {
      const address = seat.heap.allocate(size);
      if (address !== null) Atomics.store(ledger, ledgerIndex(index, slot), address);
      return address;
    },
    free: (slot) => freeOf(index, slot),
    freeOf,
    held: (owner, slot) => Atomics.load(ledger, ledgerIndex(owner, slot)),
    moved(slot, address) {
      if (address !== null) Atomics.store(ledger, ledgerIndex(index, slot), address);
    },
    goAway: () => seat.goAway(),
    comeBack: () => seat.comeBack(),
    handOver() {
      Atomics.store(ledger, READY, 1);
    },
    awaitHandOver() {
      while (Atomics.load(ledger, READY) === 0);
    },
    note(value) {
      Atomics.store(ledger, index * ThreadSlot.WORDS + NOTE, value);
    },
  };
}

/** Pieces of memory come in address order and do not overlap. */
export function requireOrder(pieces: readonly { readonly address: number; readonly size: number }[]): void {
  for (let index = 1; index < pieces.length; index++) {
    const [one, next] = [pieces[index - 1], pieces[index]];
    if (one.address + one.size <= next.address) continue;
    throw new Error(`${one.size} bytes at ${one.address} and ${next.size} bytes at ${next.address} overlap`);
  }
}

/** Every block held is live and held once; besides those held and reached, at most as many are live as may be lost. */
function account(heap: MemoryManager, threads: number, losses: number, reached: ReadonlySet<number>): void {
  heap.check();
  const live = new Set(Array.from(heap.blocks(), ({ address }) => address));
  const gone = [...reached].find((address) => !live.has(address));
  if (gone !== undefined) throw new Error(`what lay in block ${gone} was lost`);
  const ledger = ledgerOf(heap.buffer);
  const held = new Set<number>();
  const onTheWay = new Set<number>();
  for (let owner = 0; owner < threads; owner++) {
    for (let slot = 0; slot < LEDGER_SLOTS; slot++) {
      const address = ledger[ledgerIndex(owner, slot)];
      if (address > 0 && !live.has(address)) throw new Error(`block ${address} of thread ${owner} was lost`);
      if (address > 0 && held.has(address)) throw new Error(`block ${address} was handed out twice`);
      if (address > 0) held.add(address);
      else onTheWay.add(-address);
    }
  }
  const isKnown = (address: number) => held.has(address) || onTheWay.has(address) || reached.has(address);
  const unaccounted = [...live].filter((address) => !isKnown(address));
  if (unaccounted.length > losses) {
    throw new Error(`${unaccounted.length} blocks are live that nobody holds, and ${losses} may be lost`);
  }
}
