/**
 * Listens in to what the heap does inside, in this thread alone: waits for the lock, tables that are derived anew,
 * slabs that are adopted. It replaces methods rather than adding a test to the path that everybody takes.
 *
 * What is heard goes into shared memory at once, so that it outlives this thread.
 */
import { NO_OWNER, SlabTable } from '../../slab/slab-table.ts';
import { Spinlock, type Acquisition } from '../../sync/spinlock.ts';
import { BlockTable, type Repair } from '../../table/block-table.ts';
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
  listenToTable();
  listenToSlabs();
}

function listenToLock(): void {
  // oxlint-disable-next-line typescript/unbound-method -- they are called with the lock that they belong to
  const { acquire, tryAcquire, release } = Spinlock.prototype;
  Spinlock.prototype.tryAcquire = function tryAndTell(this: Spinlock): boolean {
    const isOurs = tryAcquire.call(this);
    if (isOurs) listener?.meters.setHoldsLock(listener.stream, true);
    return isOurs;
  };
  Spinlock.prototype.release = function releaseAndTell(this: Spinlock): void {
    listener?.meters.setHoldsLock(listener.stream, false);
    release.call(this);
  };
  Spinlock.prototype.acquire = function waitAndTell(this: Spinlock): Acquisition {
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
