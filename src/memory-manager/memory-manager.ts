/**
 * The heap as users see it. Checks arguments, turns bytes into units, and leaves the rest to the layers below.
 *
 * An access to a block (`read`, `write`, `view`, `sizeOf`) takes no lock: what it looks at is constant while the block
 * lives. If the look fails, it is repeated under the lock before anything is thrown, since a torn look proves nothing.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import { Diagnostics, rootAddressesOf } from '../debug/diagnostics.ts';
import { leaksOf, type LeakInfo } from '../debug/leaks.ts';
import type { BlockData } from '../memory-manager-interface.ts';
import * as sizeClasses from '../slab/size-class.ts';
import type { ThreadSlabs } from '../slab/thread-slabs.ts';
import { checkedFile, checkedImageOptions, type ImageOptions } from '../image/options.ts';
import { imageOf, saveToFile, type ImageReport } from '../image/save.ts';
import { checkHeapLocked } from '../inspect/check-members.ts';
import { quickStatsOf, statsOf, type HeapStats, type QuickStats, type StatsOptions } from '../inspect/stats.ts';
import { blocksOf, freeRunsOf, type BlockInfo, type FreeRunInfo } from '../inspect/walk.ts';
import type { BlockBytes } from '../heap/block-bytes.ts';
import { byteCount, bytesOfList, lengthOfList, steadyBytes } from '../heap/block-data.ts';
import { clear, giveBack, reallocate, requireRange, sizeOf, take, takeSlot } from '../heap/blocks.ts';
import { Membership } from '../heap/membership.ts';
import { recover, type RecoveryReport } from '../heap/recovery.ts';
import { NO_ADDRESS, type Request } from '../heap/supply.ts';
import { NamedRoots, rootAddress } from '../roots/named-roots.ts';
import { checkedName } from '../roots/root-name.ts';
import { detachedError } from '../table/locked-table.ts';
import { checkedOptions, checkedSize, requestOf, type AllocateAsyncOptions, type AllocateOptions } from './request.ts';
import { ScalarAccess } from './scalar-access.ts';
import type { SharedViews, ViewConstructor } from './shared-views.ts';
import { layoutOfHeap } from './heap-buffer.ts';
import { loadMember } from './loading.ts';
import { ManagerRegistry } from './manager-registry.ts';
import { createMember, isSuitable, openMember } from './members.ts';
import {
  endedWorkerId,
  isWebWorker,
  watchExits,
  type WatchedPool,
  type WatchedWebWorker,
  type WatchedWorker,
} from './watch.ts';
import { checkedAttachOptions, checkedParameters, type AttachOptions, type MemoryManagerOptions } from './options.ts';

/** What other threads need to attach: structured-cloneable, for `workerData` and `postMessage`. */
export interface HeapHandle {
  readonly buffer: SharedArrayBuffer;
}

/** A constant of this module, which V8 folds into the code as it does not fold imported ones. */
const { SMALL_LIMIT } = sizeClasses;

/** The heaps of this thread. */
const registry = new ManagerRegistry<MemoryManager>();

/** One heap for all the threads of a program, in one SharedArrayBuffer. */
export class MemoryManager extends ScalarAccess {
  /** For `workerData` or `postMessage`; other threads pass it to `MemoryManager.attach`. */
  readonly handle: HeapHandle;
  readonly #bytes: BlockBytes;
  readonly #root: BigInt64Array;
  #member: Membership | undefined;
  /** Undefined in a heap without slabs, in one with diagnostics, and after `detach`. */
  #slabs: ThreadSlabs | undefined;
  readonly #debug: Diagnostics | undefined;
  #roots: NamedRoots | undefined;
  #attachCount = 1;

  /**
   * Makes a new heap and attaches this thread to it.
   *
   * @param blockSize - bytes under management, rounded up to whole units: 1 KiB with slabs, 16 bytes without
   * @throws AllocatorError `BAD_SIZE` (also for what the engine cannot reserve), `BAD_OPTION` or `UNKNOWN_FIT`
   */
  constructor(blockSize: number, options?: MemoryManagerOptions);
  /** @internal */
  constructor(member: Membership);
  constructor(source: number | Membership, options?: MemoryManagerOptions) {
    const member = source instanceof Membership ? source : createMember(checkedParameters(source, options));
    super(member.layout.buffer);
    this.#member = member;
    this.#debug = Diagnostics.of(member);
    this.#slabs = this.#debug === undefined ? member.slabs : undefined;
    this.#bytes = member.bytes;
    this.#root = member.root;
    this.handle = { buffer: member.layout.buffer };
    registry.remember(member, this);
  }

  /**
   * Attaches this thread to a heap. In a thread that is attached already, the same instance is returned and counted;
   * each call is to be matched by one `detach` (or by `using`).
   *
   * @throws AllocatorError `LAYOUT_MISMATCH`, `UNKNOWN_FIT`, `TOO_MANY_THREADS` or `BAD_OPTION`
   */
  static attach(from: HeapHandle | SharedArrayBuffer, options?: AttachOptions): MemoryManager {
    const checked = checkedAttachOptions(options);
    const buffer: unknown = from instanceof SharedArrayBuffer ? from : from?.buffer;
    const member = registry.memberIn(buffer);
    const known = member && registry.managerOf(member);
    if (known !== undefined) {
      known.#attachCount++;
      return known;
    }
    if (member !== undefined && isSuitable(member, checked) && member.resume()) return new MemoryManager(member);
    return new MemoryManager(openMember(layoutOfHeap(buffer), checked));
  }

  /**
   * Makes a new heap out of an image, and attaches this thread to it. Blocks lie where they lay in the heap that was
   * saved, so addresses in them and at the root stay right; the heap has an id of its own.
   *
   * @param from - a file (on Node), or the bytes of an image
   * @param options - as `attach` takes them: a strategy of the user's is not in the image, and goes into `fits`
   * @throws AllocatorError `LAYOUT_MISMATCH` for what is no image or one of another version; `CORRUPTED` for an image
   *   that is damaged or cut off, with the place; `UNKNOWN_FIT`, `BAD_OPTION`, or `BAD_SIZE` for a heap that this
   *   engine cannot reserve; `UNSUPPORTED` where there are no files, or no zlib for an image that is compressed
   */
  static load(from: string | URL | ArrayBuffer | Uint8Array, options?: AttachOptions): MemoryManager {
    return new MemoryManager(loadMember(from, checkedAttachOptions(options)));
  }

  /** The shared memory: `new Float64Array(heap.buffer, address, length)` is legal use of a live block. */
  get buffer(): SharedArrayBuffer {
    return this.handle.buffer;
  }

  /** Bytes under management now. */
  get byteLength(): number {
    const { layout, table } = this.#attached();
    return layout.bytesOf(table.loadUnitCount());
  }

  /** Bytes up to which the heap may grow. */
  get maxByteLength(): number {
    const { layout } = this.#attached();
    return layout.bytesOf(layout.unitLimit);
  }

  /**
   * Takes a block of at least `size` bytes.
   *
   * @param size - bytes, a whole number ≥ 0; 0 gets a smallest block
   * @returns the address of the block, or `null` when there is not enough free memory
   * @throws AllocatorError `BAD_SIZE`, `BAD_ALIGNMENT`, `LOCK_TIMEOUT` or `DETACHED`
   */
  override allocate(size: number, options?: AllocateOptions): number | null {
    const slabs = options === undefined ? this.#slabs : undefined;
    if (slabs !== undefined && typeof size === 'number' && size >>> 0 === size && size <= SMALL_LIMIT) {
      return slabs.allocate(size) || addressOrNull(takeSlot(this.#attached(), sizeClasses.classFor(size)));
    }
    return this.#allocateAny(size, options);
  }

  #allocateAny(size: number, options: AllocateOptions = {}): number | null {
    this.#attached();
    const { alignment, zeroed } = checkedOptions(options);
    const member = this.#attached();
    return this.#take(member, requestOf(member, size, alignment), zeroed);
  }

  #take(member: Membership, request: Request, zeroed: boolean): number | null {
    const address = this.#debug === undefined ? take(member, request) : this.#debug.take(request);
    if (zeroed && address !== NO_ADDRESS) clear(member, address);
    return addressOrNull(address);
  }

  /**
   * Like `allocate`, but waits for the lock without blocking the thread, as a browser's main thread must.
   *
   * @throws (rejects) as `allocate` throws, or with the signal's reason
   */
  async allocateAsync(size: number, options: AllocateAsyncOptions = {}): Promise<number | null> {
    this.#attached();
    const { alignment, zeroed, signal } = checkedOptions(options);
    const member = this.#attached();
    const request = requestOf(member, size, alignment);
    const tag = this.#debug?.tag;
    let address = await member.errands.take(request, zeroed, signal);
    if (address === NO_ADDRESS && this.#debug?.makeRoom() === true) {
      address = await member.errands.take(request, zeroed, signal);
    }
    if (tag !== undefined && address !== NO_ADDRESS) this.#debug!.label(address, tag);
    return addressOrNull(address);
  }

  /**
   * Changes the size of the block that starts at `address`, in place where it lies at a multiple of the alignment and
   * the memory behind it allows, else by moving its bytes. Bytes up to the smaller of both sizes are kept. A block that
   * becomes smaller may move too, to a place that fits it better. At 0 there is no block, and one is allocated.
   *
   * @param options - as `allocate` takes them; `zeroed` clears what lies beyond the usable size of before
   * @returns the address of the block now; `null` if there is not enough memory, and the old block is as it was
   * @throws AllocatorError `BAD_SIZE`, `BAD_ALIGNMENT`, `INVALID_ADDRESS`, `LOCK_TIMEOUT` or `DETACHED`
   */
  reallocate(address: number, size: number, options: AllocateOptions = {}): number | null {
    this.#attached();
    const { alignment, zeroed } = checkedOptions(options);
    const member = this.#attached();
    const request = requestOf(member, size, alignment);
    if (address === NO_ADDRESS) return this.#take(member, request, zeroed);
    const there =
      this.#debug === undefined
        ? reallocate(member, address, size, alignment, zeroed, request)
        : this.#debug.reallocate(address, size, alignment, zeroed, request);
    return addressOrNull(there);
  }

  /**
   * Gives the block that starts at `address` back, whichever thread allocated it. 0, where no block starts, has no effect.
   *
   * @throws AllocatorError `DOUBLE_FREE`, `INVALID_ADDRESS`, `LOCK_TIMEOUT` or `DETACHED`
   */
  override deallocate(address: number): void {
    const slabs = this.#slabs;
    if (slabs !== undefined && typeof address === 'number' && slabs.deallocate(address)) return;
    const member = this.#attached();
    if (address === NO_ADDRESS) return;
    if (this.#debug === undefined) giveBack(member, address);
    else this.#debug.free(address);
  }

  /**
   * Usable bytes of the block that starts at `address`: at least what was asked for.
   *
   * @throws AllocatorError `INVALID_ADDRESS`
   */
  sizeOf(address: number): number {
    const member = this.#attached();
    this.#debug?.refuseFreed(address);
    return sizeOf(member, address);
  }

  /** @throws AllocatorError also `UNSUPPORTED` if the engine has no array of `byteLength` bytes */
  override read(address: number, byteLength: number): Uint8Array<ArrayBuffer> {
    this.requireRange(address, checkedSize(byteLength));
    return this.#bytes.read(address, byteLength);
  }

  override write(address: number, data: BlockData, blockSize?: number): void {
    const steady = steadyBytes(data);
    const length = steady === undefined ? lengthOfList(data as ArrayLike<number>) : byteCount(steady);
    if (blockSize !== undefined && length > checkedSize(blockSize)) {
      throw new AllocatorError('OUT_OF_BOUNDS', `${length} bytes of data do not fit blockSize ${blockSize}`);
    }
    this.requireRange(address, length);
    if (steady !== undefined) return this.#bytes.write(address, steady, length);
    const bytes = bytesOfList(data as ArrayLike<number>, length);
    this.requireRange(address, length); // reading the list has run code of the user's
    this.#bytes.write(address, bytes, length);
    return undefined;
  }

  /**
   * A typed array over `length` elements from `address` on, which may lie anywhere inside a live block. It is the shared
   * memory itself, not a copy, and stays so after the block is freed: do not use it then.
   *
   * @throws AllocatorError `INVALID_ADDRESS`, `OUT_OF_BOUNDS`, `BAD_SIZE`; `BAD_ALIGNMENT` if such an array cannot
   *   start at `address`; `UNSUPPORTED` if it would be longer than the engine's arrays can be
   */
  view<Name extends keyof SharedViews>(
    Type: ViewConstructor<Name>,
    address: number,
    length: number,
  ): SharedViews[Name] {
    const step = typeof Type === 'function' ? Type.BYTES_PER_ELEMENT : undefined;
    if (!Number.isInteger(step)) throw new TypeError(`view needs the class of a typed array, got ${shown(Type)}`);
    const byteLength = checkedSize(length) * step!;
    this.requireRange(address, byteLength);
    if (address % step! !== 0) {
      const rule = `elements of ${step} bytes must start at a multiple of their size`;
      throw new AllocatorError('BAD_ALIGNMENT', `${rule}, and ${address} is none`);
    }
    const view = newView(Type, this.buffer, address, length);
    if (view.byteLength === byteLength) return view;
    throw new TypeError(`a class that says its elements have ${step} bytes made a view of ${view.byteLength} bytes`);
  }

  /** A word for threads to meet at: an address that one of them published, or 0. */
  get root(): number {
    this.#attached();
    return Number(Atomics.load(this.#root, 0));
  }

  /** @throws AllocatorError `INVALID_ADDRESS` for anything but 0 or an address in the heap's memory */
  set root(address: number) {
    Atomics.store(this.#root, 0, this.#rootWord(address));
  }

  /** Publishes `address` if the root still is `expected`; tells whether it was. */
  compareExchangeRoot(expected: number, address: number): boolean {
    const before = this.#rootWord(expected);
    return Atomics.compareExchange(this.#root, 0, before, this.#rootWord(address)) === before;
  }

  #rootWord(address: number): bigint {
    return BigInt(rootAddress(this.#attached(), address));
  }

  /** Addresses with names, kept in the heap: every thread finds them, in whatever order threads come and go. */
  get roots(): NamedRoots {
    this.#attached();
    return (this.#roots ??= new NamedRoots(
      () => this.#attached(),
      (address) => this.deallocate(address),
    ));
  }

  /**
   * The heap in numbers: exact when no other thread is inside a call, else as they were at instants during this one.
   * With slabs it walks over the memory, in slices that hold the lock for some ten microseconds each; with
   * `quick` it gives what takes no time that grows with the heap, and takes no lock.
   *
   * @throws AllocatorError `CORRUPTED`, `LOCK_TIMEOUT` or `DETACHED`
   */
  stats(options?: { readonly quick?: false }): HeapStats;
  stats(options: StatsOptions): QuickStats;
  stats({ quick = false }: StatsOptions = {}): QuickStats {
    const { table, slots, slabs, locked } = this.#attached();
    return quick ? quickStatsOf(table, slots) : statsOf(locked, slots, slabs?.table);
  }

  /**
   * All live blocks in address order. The walk is done at the call, in slices between which others work: every block
   * that lives during the whole call is there once, none that lives at no time of it is, and those that come or go
   * meanwhile may be.
   *
   * @throws AllocatorError `CORRUPTED`, `LOCK_TIMEOUT` or `DETACHED`
   */
  blocks(): Iterable<BlockInfo> {
    const { locked, locator } = this.#attached();
    return blocksOf(locked, locator.slabs);
  }

  /** All free runs in address order, walked as `blocks` does; no two overlap. */
  freeRuns(): Iterable<FreeRunInfo> {
    return freeRunsOf(this.#attached().locked);
  }

  /**
   * Verifies the whole bookkeeping under the lock, in time linear in the size of the heap: the table, all slabs, who is
   * attached, and this thread's records of its slabs. Other threads may work meanwhile.
   *
   * @throws AllocatorError `CORRUPTED`, naming what does not hold; `WRITE_AFTER_FREE` of a block in quarantine
   */
  check(): void {
    const { locked, slots, owner, slabs } = this.#attached();
    locked.run(checkHeapLocked, slots, owner, slabs);
    this.#debug?.check();
  }

  /**
   * Runs `act` and returns what it returns. In a heap with `debug: { tags: true }`, the blocks that this thread allocates
   * meanwhile have the tag `name`, by which `leaks` tells them apart; in others nothing else happens.
   *
   * @throws AllocatorError `BAD_OPTION` for a name that is no string of at most 1,024 code units, `OUT_OF_MEMORY` for want
   *   of room for it; whatever `act` throws
   */
  tagged<R>(name: string, act: () => R): R {
    this.#attached();
    checkedName('tag', name);
    return this.#debug === undefined ? act() : this.#debug.tagged(name, act);
  }

  /**
   * Who holds how much: all live blocks by tag and by the thread that allocated them, most bytes first, walked as
   * `blocks` does. In a heap with `debug: { tags: true }` the thread of every block is known, and stays known when it
   * has died; in others that of slots whose slab has an owner.
   *
   * @throws AllocatorError `CORRUPTED`, `LOCK_TIMEOUT` or `DETACHED`
   */
  leaks(): LeakInfo[] {
    const member = this.#attached();
    return this.#debug?.leaks() ?? leaksOf(member, undefined, new Map(), new Set(rootAddressesOf(member)));
  }

  /**
   * Learns of the deaths of a worker, or of all present and future workers of a pool, through their `exit` events.
   * On Linux deaths are found without; elsewhere a dead thread's lock is waited for until the timeout unless its end
   * is watched by a thread that still handles events.
   *
   * In a browser the end of any thread is known by its Web Lock (see `ready`). The main thread of a page watches all
   * threads of the heap by itself; a worker that has workers watches when it is told to, whichever of them it names.
   *
   * @returns a Disposable that ends the watch
   * @throws AllocatorError `BAD_OPTION`, or `UNSUPPORTED` for a web worker where there are no Web Locks
   */
  watch(source: WatchedWorker | WatchedPool | WatchedWebWorker): Disposable {
    const { deaths } = this.#attached();
    if (isWebWorker(source)) return deaths.watch();
    return watchExits(source, (workerId) => this.#member?.slots.noteExit(workerId));
  }

  /**
   * Says that a worker has ended, where the platform does not tell. For a worker of worker_threads the word is taken.
   * For a web worker all threads of the heap are looked at now, and the promise is settled when those that are gone
   * have lost the lock: `terminate()` may return before the worker's code has stopped.
   *
   * @throws (rejects) AllocatorError `BAD_OPTION`, or `UNSUPPORTED` for a web worker where there are no Web Locks
   */
  async declareDead(worker: WatchedWorker | WatchedWebWorker): Promise<void> {
    const { deaths, slots } = this.#attached();
    if (isWebWorker(worker)) await deaths.look();
    else slots.noteExit(endedWorkerId(worker));
  }

  /**
   * Settled when others would notice the end of this thread: at once where the platform tells them, in a browser when
   * the thread has its Web Lock. A worker that may be terminated awaits it before it works, or at least returns to its
   * event loop once: if it ends before inside the heap's lock, the others wait for it in vain.
   *
   * @throws (rejects) AllocatorError `UNSUPPORTED` where the page may not use Web Locks
   */
  async ready(): Promise<void> {
    await this.#attached().deaths.ready();
  }

  /**
   * Looks after what dead threads left behind: seizes the lock, repairs the table, adopts slabs and gives back those
   * that are empty, own ones included. Nothing of it has to be asked for, but a quiet moment is a good time.
   *
   * @throws AllocatorError `LOCK_TIMEOUT` or `DETACHED`
   */
  recover(): RecoveryReport {
    return recover(this.#attached());
  }

  /**
   * Writes the heap to a file that `load` makes a heap of again: this heap's memory in another process, on another day.
   * The file is replaced as a whole, when all of it is on the disk, or not at all. While other threads work, what is
   * saved is sound, and every block that lives from beginning to end is in it; its bytes are exact if nobody writes
   * to it meanwhile. Nobody waits longer than for the lock as usual.
   *
   * @param to - readable by its owner alone, since it holds what the memory holds
   * @throws AllocatorError `BAD_OPTION`, `LOCK_TIMEOUT`, `DETACHED`, or `UNSUPPORTED` where there are no files; whatever
   *   the file system throws
   */
  save(to: string | URL, options?: ImageOptions): ImageReport {
    return saveToFile(this.#attached(), checkedFile(to), checkedImageOptions(options));
  }

  /**
   * The same in memory, for browsers and for sending it somewhere.
   *
   * @throws AllocatorError `BAD_OPTION`, `LOCK_TIMEOUT` or `DETACHED`; `UNSUPPORTED` if the engine has no array that
   *   long, or no zlib for `compress`
   */
  image(options?: ImageOptions): Uint8Array<ArrayBuffer> {
    return imageOf(this.#attached(), checkedImageOptions(options));
  }

  /**
   * Leaves the heap, at the last of as many calls as there were attachments. What was allocated stays allocated. The
   * thread can attach again at little cost: its slabs and its thread slot are kept until somebody needs them.
   *
   * @throws AllocatorError `REENTRANT`; or `LOCK_TIMEOUT` if an allocation under way could not be undone, or
   *   `WRITE_AFTER_FREE`, though the thread has left
   */
  detach(): void {
    const member = this.#member;
    if (member === undefined) return;
    if (this.#attachCount > 1) return void this.#attachCount--;
    member.locked.admit();
    registry.forget(member);
    this.#member = undefined;
    this.#slabs = undefined;
    try {
      this.#debug?.leave();
    } finally {
      member.linger();
    }
  }

  [Symbol.dispose](): void {
    this.detach();
  }

  #attached(): Membership {
    if (this.#member !== undefined) return this.#member;
    throw detachedError();
  }

  /** @internal */
  protected override requireRange(address: number, byteLength: number): void {
    requireRange(this.#attached(), address, byteLength);
    this.#debug?.refuseFreed(address);
  }
}

function newView<Name extends keyof SharedViews>(
  Type: ViewConstructor<Name>,
  buffer: SharedArrayBuffer,
  address: number,
  length: number,
): SharedViews[Name] {
  try {
    return new Type(buffer, address, length) as SharedViews[Name];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AllocatorError('UNSUPPORTED', `this engine has no typed array of ${length} elements: ${error.message}`);
  }
}

function addressOrNull(address: number): number | null {
  return address === NO_ADDRESS ? null : address;
}
