/**
 * Listens in to what the heap does inside, in this thread alone: waits for the lock, tables that are derived anew,
 * slabs that are adopted. It replaces methods rather than adding a test to the path that everybody takes.
 *
 * What is heard goes into shared memory at once, so that it outlives this thread.
 */
import { NO_OWNER, SlabTable } from '../slab/slab-table.ts';
import { RobustLock, type Acquisition } from '../sync/robust-lock.ts';
import { BlockTable, type Repair } from '../table/block-table.ts';
import { LockedTable } from '../table/locked-table.ts';
import { LatencyHistogram, type Histograms } from './latency.ts';
import { Meters } from './meters.ts';

interface Listener {
  readonly meters: Meters;
  readonly stream: number;
  readonly lockWaits: LatencyHistogram;
}

let listener: Listener | undefined;
let isInstalled = false;

/** From now on what this thread does counts for a stream. */
export function listenIn(meters: SharedArrayBuffer, stream: number, histograms: Histograms): void {
  listener = { meters: new Meters(meters), stream, lockWaits: new LatencyHistogram(histograms.lockWait) };
  listener.meters.setHoldsLock(stream, false);
  if (isInstalled) return;
  isInstalled = true;
  listenToLock();
  listenToReleases();
  listenToTable();
  listenToSlabs();
}

function listenToLock(): void {
  // oxlint-disable-next-line typescript/unbound-method -- they are called with the lock that they belong to
  const { acquire, tryAcquire } = RobustLock.prototype;
  RobustLock.prototype.tryAcquire = function tryAndTell(this: RobustLock): boolean {
    const isOurs = tryAcquire.call(this);
    if (isOurs) listener?.meters.setHoldsLock(listener.stream, true);
    return isOurs;
  };
  RobustLock.prototype.acquire = function waitAndTell(this: RobustLock): Acquisition {
    if (this.tryAcquire()) return 'acquired';
    const start = performance.now();
    const acquisition = acquire.call(this);
    const milliseconds = performance.now() - start;
    listener?.meters.setHoldsLock(listener.stream, true);
    listener?.meters.addLockWait(listener.stream, milliseconds);
    listener?.lockWaits.record(milliseconds);
    return acquisition;
  };
}

/** The lock is given back at the end of what runs under it. */
function listenToReleases(): void {
  // oxlint-disable-next-line typescript/unbound-method -- they are called with the table that they belong to
  const { run, tryRun } = LockedTable.prototype;
  LockedTable.prototype.run = function runAndTell(this: LockedTable, ...words: Parameters<typeof run>) {
    try {
      return run.apply(this, words);
    } finally {
      listener?.meters.setHoldsLock(listener.stream, false);
    }
  } as typeof run;
  LockedTable.prototype.tryRun = function tryRunAndTell(this: LockedTable, ...words: Parameters<typeof tryRun>) {
    try {
      return tryRun.apply(this, words);
    } finally {
      listener?.meters.setHoldsLock(listener.stream, false);
    }
  } as typeof tryRun;
}

function listenToTable(): void {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with the table that it belongs to
  const { repairIfDirty } = BlockTable.prototype;
  BlockTable.prototype.repairIfDirty = function repairAndTell(this: BlockTable): Repair {
    const repair = repairIfDirty.call(this);
    if (repair !== 'none') listener?.meters.addTableRebuilt();
    return repair;
  };
}

/** A slab gets an owner when it is described, at its birth, and whenever it is adopted. */
function listenToSlabs(): void {
  // oxlint-disable-next-line typescript/unbound-method -- they are called with the slabs that they belong to
  const { setOwner, describe } = SlabTable.prototype;
  SlabTable.prototype.setOwner = function setAndTell(this: SlabTable, start, owner): void {
    setOwner.call(this, start, owner);
    if (owner !== NO_OWNER) listener?.meters.addSlabsAdopted(1);
  };
  SlabTable.prototype.describe = function describeAndTell(this: SlabTable, start, unitCount, sizeClass, owner): void {
    describe.call(this, start, unitCount, sizeClass, owner);
    listener?.meters.addSlabsAdopted(-1);
  };
}
