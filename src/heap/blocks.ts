/**
 * Blocks as a member takes them, gives them back and resizes them.
 *
 * A look without the lock decides what a call is about: the block that starts at the address, its kind and its length.
 * What the call does then, it does to that block alone. If another thread has freed or resized it meanwhile, one of the
 * two calls is a misuse, and the one that comes second is told so: a slot that is not in use is not looked at again
 * under the lock, and a block of the table that has another length by then is not touched.
 */
import { SLOT_STEP_BYTES } from '../layout/regions.ts';
import { NO_UNIT, type Unit } from '../layout/units.ts';
import type { BlockTable } from '../table/block-table.ts';
import { Kind, type Locator } from './locator.ts';
import type { Member } from './member.ts';
import { badBlockLocked, badFreeLocked, badRangeLocked } from './misuse.ts';
import { growOrTakeLocked, NO_ADDRESS, takeLocked, takeSlotLocked, type Request } from './supply.ts';

/** A slot that shrinks by less than this stays where it is. */
const SLOT_KEPT_SHARE = 1 / 2;

/** Takes what is asked for. Returns its address, or NO_ADDRESS when there is no memory. */
export function take(member: Member, request: Request): number {
  if (request.sizeClass < 0)
    return fitsHeap(member, request) ? member.locked.run(takeLocked, member, request) : NO_ADDRESS;
  return member.slabs!.allocateClass(request.sizeClass) || takeSlot(member, request.sizeClass);
}

/** Takes a slot of a class that has none without the lock. */
export function takeSlot({ locked, slabs, slots }: Member, sizeClass: number): number {
  return locked.run(takeSlotLocked, slabs!, slots, sizeClass);
}

/** Fills the block that starts at `address` with zeros. */
export function clear(member: Member, address: number): void {
  clearFrom(member, address, 0);
}

/** Whether a request is small enough for the table to be asked. */
export function fitsHeap({ layout }: Member, { unitCount }: Request): boolean {
  return unitCount <= layout.unitLimit;
}

/**
 * Gives the block that starts at `address` back.
 *
 * @throws AllocatorError `INVALID_ADDRESS` or `DOUBLE_FREE`
 */
export function deallocate(member: Member, address: number): void {
  if (member.slabs === undefined || !member.slabs.deallocate(address)) giveBack(member, address);
}

/** The same for what is no slot in use of an own slab. */
export function giveBack(member: Member, address: number): void {
  const { locator, slabs, locked } = member;
  const isThere = locator.startsAt(address);
  const seenBytes = isThere && locator.kind === Kind.BLOCK ? locator.byteLength : 0;
  if (seenBytes > 0 && freeBlock(member, address, seenBytes)) return;
  if (seenBytes === 0 && isThere && slabs!.deallocateRemote(locator.slab, locator.state)) return;
  throw locked.run(badFreeLocked, locator, address, seenBytes);
}

/** Frees a slot if it is in use. */
function freeSlot({ slabs }: Member, address: number, slab: Unit, state: number): boolean {
  return slabs!.deallocate(address) || slabs!.deallocateRemote(slab, state);
}

/** Frees a block of the table if it still has that length. */
function freeBlock({ locked, locator }: Member, address: number, byteLength: number): boolean {
  return locked.run(giveBackLocked, locator, address, byteLength);
}

/** What throws has not given the block back. Where the stack ends after that, what is derived follows with the repair. */
function giveBackLocked(table: BlockTable, locator: Locator, address: number, byteLength: number): boolean {
  const block = blockLocked(table, locator, address, byteLength);
  if (block === NO_UNIT) return false;
  table.hasGivenBack = false;
  try {
    table.giveBack(block);
  } catch (error) {
    if (!(error instanceof RangeError && table.hasGivenBack)) throw error;
  }
  return true;
}

/** The block of the table that starts at `address` and has that length, or NO_UNIT. */
function blockLocked({ layout }: BlockTable, locator: Locator, address: number, byteLength: number): Unit {
  const isThere = locator.startsAt(address) && locator.kind === Kind.BLOCK && locator.byteLength === byteLength;
  return isThere ? layout.unitAt(address) : NO_UNIT;
}

/**
 * Usable bytes of the block that starts at `address`; the locator describes that block then.
 *
 * @throws AllocatorError `INVALID_ADDRESS`
 */
export function sizeOf({ locator, locked }: Member, address: number): number {
  return locator.startsAt(address) ? locator.byteLength : locked.run(sizeLocked, locator, address);
}

function sizeLocked(table: BlockTable, locator: Locator, address: number): number {
  if (locator.startsAt(address)) return locator.byteLength;
  throw badBlockLocked(table, locator, address);
}

/** @throws AllocatorError `INVALID_ADDRESS` or `OUT_OF_BOUNDS` unless the bytes lie in one live block */
export function requireRange({ locator, locked }: Member, address: number, byteLength: number): void {
  if (locator.holds(address, byteLength)) return;
  const error = locked.run(badRangeLocked, locator, address, byteLength);
  if (error !== undefined) throw error;
}

/**
 * Changes the size of the block that starts at `address` to `size` bytes, for which `request` asks, at a multiple of
 * `alignment` bytes: in place where it lies right and the memory behind it allows, else by moving its bytes.
 *
 * @param zeroed - whether to clear what the block gains
 * @returns where the block is now, or NO_ADDRESS when there is no memory and it is as it was
 * @throws AllocatorError `INVALID_ADDRESS`, also if another thread frees or resizes the block meanwhile
 */
export function reallocate(
  member: Member,
  address: number,
  size: number,
  alignment: number,
  zeroed: boolean,
  request: Request,
): number {
  const oldSize = sizeOf(member, address);
  const { kind, slab, state } = member.locator;
  const isAligned = address % alignment === 0;
  if (kind === Kind.SLOT && isAligned && staysInSlot(oldSize, size)) return address;
  const mayStay = kind === Kind.BLOCK && isAligned;
  const there = mayStay ? resizeOrTake(member, address, oldSize, request) : take(member, request);
  if (there === NO_ADDRESS) return size <= oldSize && isAligned ? address : NO_ADDRESS;
  const isMoved = there !== address;
  if (isMoved) {
    try {
      member.bytes.copy(address, there, Math.min(oldSize, size));
      const isOurs = kind === Kind.SLOT ? freeSlot(member, address, slab, state) : freeBlock(member, address, oldSize);
      if (!isOurs) throw member.locked.run(badBlockLocked, member.locator, address);
    } catch (error) {
      deallocate(member, there);
      throw error;
    }
  }
  if (zeroed) clearFrom(member, there, isMoved ? Math.min(oldSize, size) : oldSize);
  return there;
}

/** Clears the block that starts at `address` from its byte number `kept` on. */
function clearFrom({ locator, bytes }: Member, address: number, kept: number): void {
  if (locator.startsAt(address) && locator.byteLength > kept) bytes.clear(address + kept, locator.byteLength - kept);
}

function staysInSlot(oldSize: number, size: number): boolean {
  return size <= oldSize && (size >= oldSize * SLOT_KEPT_SHARE || oldSize === SLOT_STEP_BYTES);
}

function resizeOrTake(member: Member, address: number, byteLength: number, request: Request): number {
  return fitsHeap(member, request)
    ? member.locked.run(resizeOrTakeLocked, member, address, byteLength, request)
    : NO_ADDRESS;
}

function resizeOrTakeLocked(
  table: BlockTable,
  member: Member,
  address: number,
  byteLength: number,
  request: Request,
): number {
  const block = blockLocked(table, member.locator, address, byteLength);
  if (block === NO_UNIT) throw badBlockLocked(table, member.locator, address);
  return growOrTakeLocked(table, member, block, request);
}
