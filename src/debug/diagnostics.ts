/**
 * What a heap does besides when it was made with `debug` or `zeroOnFree`. A plain heap has none of this, and its fast
 * paths do not ask for it.
 */
import { AllocatorError } from '../allocator-error.ts';
import { Header, Option, Root } from '../layout/regions.ts';
import { clear, deallocate, giveBack, sizeOf, take } from '../heap/blocks.ts';
import type { Membership } from '../heap/membership.ts';
import { NO_ADDRESS, type Request } from '../heap/supply.ts';
import { RootChain } from '../roots/root-chain.ts';
import { checkedName } from '../roots/root-name.ts';
import { workerThreadId } from '../sync/liveness.ts';
import { Labels } from './labels.ts';
import { leaksOf, type LeakInfo } from './leaks.ts';
import { Quarantine } from './quarantine.ts';

const NO_TAG = 0;

/** The diagnostics of one thread in one heap. */
export class Diagnostics {
  readonly #member: Membership;
  readonly #labels: Labels | undefined;
  readonly #quarantine: Quarantine | undefined;
  readonly #tags: RootChain;
  readonly #isZeroing: boolean;
  readonly #workerId: number;
  #tag = NO_TAG;

  private constructor(member: Membership) {
    const { layout } = member;
    const limit = layout.words[Header.QUARANTINE];
    this.#member = member;
    this.#labels = (layout.options & Option.LABELS) === 0 ? undefined : new Labels(layout);
    this.#isZeroing = (layout.options & Option.ZERO_ON_FREE) !== 0;
    this.#tags = new RootChain(member, Root.TAGS);
    this.#workerId = (workerThreadId() ?? -1) + 1;
    if (this.#labels !== undefined && limit > 0) {
      this.#quarantine = new Quarantine(member.bytes, limit, (address) => this.#release(address));
    }
  }

  /** Those of a heap that was made with such options, else none. */
  static of(member: Membership): Diagnostics | undefined {
    return member.layout.options === 0 ? undefined : new Diagnostics(member);
  }

  /** Number of the tag in force. */
  get tag(): number {
    return this.#tag;
  }

  /** Takes what is asked for, labelled; lets go what is in quarantine before it says that there is no memory. */
  take(request: Request, tag: number = this.#tag): number {
    let address = take(this.#member, request);
    if (address === NO_ADDRESS && this.makeRoom()) address = take(this.#member, request);
    if (address !== NO_ADDRESS) this.label(address, tag);
    return address;
  }

  /** Lets go what this thread has in quarantine; tells whether that was anything. Throws as `check`. */
  makeRoom(): boolean {
    return this.#quarantine?.empty() === true;
  }

  /** Labels a block that this thread has just allocated. */
  label(address: number, tag: number): void {
    this.#labels?.write(address, this.#member.owner, this.#workerId, tag);
  }

  /**
   * Gives the block that starts at `address` back, by way of the quarantine.
   *
   * @throws AllocatorError `DOUBLE_FREE`, `INVALID_ADDRESS`, or `WRITE_AFTER_FREE` of another block; this one is not
   *   freed then
   */
  free(address: number): void {
    const { locator } = this.#member;
    if (!locator.startsAt(address)) {
      giveBack(this.#member, address);
      return;
    }
    const { byteLength } = locator;
    if (this.#quarantine === undefined) {
      this.#release(address);
      return;
    }
    if (this.#labels!.isFreed(address)) throw doubleFree(address);
    this.#quarantine.makeRoom();
    if (!this.#labels!.noteFreed(address)) throw doubleFree(address);
    this.#quarantine.keep(address, byteLength);
  }

  /** Frees a block for good. */
  #release(address: number): void {
    if (this.#isZeroing) clear(this.#member, address);
    this.#labels?.forget(address);
    deallocate(this.#member, address);
  }

  /** The same as `reallocate` of a plain heap, but a block that grows always moves, so that old addresses are found out. */
  reallocate(address: number, size: number, alignment: number, zeroed: boolean, request: Request): number {
    this.refuseFreed(address);
    const oldSize = sizeOf(this.#member, address);
    const mayStay = size <= oldSize && address % alignment === 0;
    if (mayStay && size * 2 >= oldSize) return address;
    const there = this.take(request, this.#labels?.tagOf(address));
    if (there === NO_ADDRESS) return mayStay ? address : NO_ADDRESS;
    if (zeroed) clear(this.#member, there);
    try {
      this.#member.bytes.copy(address, there, Math.min(oldSize, size));
      this.free(address);
    } catch (error) {
      this.#release(there);
      throw error;
    }
    return there;
  }

  /** @throws AllocatorError `INVALID_ADDRESS` if the byte at `address` lies in a block in quarantine */
  refuseFreed(address: number): void {
    const { locator } = this.#member;
    if (this.#quarantine === undefined || !locator.locate(address) || !this.#labels!.isFreed(locator.start)) return;
    throw new AllocatorError('INVALID_ADDRESS', `address ${address} lies in a block that was freed`);
  }

  /** Runs `act`; what this thread allocates meanwhile has that tag. */
  tagged<R>(name: string, act: () => R): R {
    const before = this.#tag;
    const checked = checkedName('tag', name);
    if (this.#labels !== undefined) this.#tag = this.#tags.numberOf(checked);
    try {
      return act();
    } finally {
      this.#tag = before;
    }
  }

  leaks(): LeakInfo[] {
    const tags = new Map(this.#tags.entries().map(([name, tag]) => [tag, name]));
    return leaksOf(
      this.#member,
      this.#labels,
      tags,
      new Set([...this.#tags.addresses(), ...rootAddressesOf(this.#member)]),
    );
  }

  /** @throws AllocatorError `WRITE_AFTER_FREE` */
  check(): void {
    this.#quarantine?.check();
  }

  /** Frees for good what this thread has in quarantine. Throws as `check`, when all is freed. */
  leave(): void {
    this.#quarantine?.empty();
  }
}

/** The blocks that hold the names of roots. */
export function rootAddressesOf(member: Membership): number[] {
  return new RootChain(member).addresses();
}

function doubleFree(address: number): AllocatorError {
  return new AllocatorError('DOUBLE_FREE', `the block at ${address} was freed before`);
}
