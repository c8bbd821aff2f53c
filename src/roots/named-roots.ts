/**
 * Named roots as users see them: addresses that threads find by name, in whichever order they come, and that outlive
 * those who set them.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import type { Member } from '../heap/member.ts';
import { RootChain } from './root-chain.ts';
import { checkedName } from './root-name.ts';

const ANY = -1;

/**
 * The named roots of a heap. Each change takes effect by one store: whoever dies in the middle of one has made it or
 * not. All calls take the lock of the heap.
 */
export class NamedRoots {
  readonly #attached: () => Member;
  readonly #deallocate: (address: number) => void;
  readonly #chain: RootChain;

  /** @internal */
  constructor(attached: () => Member, deallocate: (address: number) => void) {
    this.#attached = attached;
    this.#deallocate = deallocate;
    this.#chain = new RootChain(attached());
  }

  /**
   * The address of that name, or 0.
   *
   * @throws AllocatorError `BAD_OPTION` for a name that is no string of at most 1,024 code units, `LOCK_TIMEOUT` or
   *   `DETACHED`
   */
  get(name: string): number {
    this.#attached();
    return this.#chain.get(checkedName('root', name));
  }

  /**
   * Sets the name to an address of the heap; 0 deletes it.
   *
   * @throws AllocatorError as `get`; `INVALID_ADDRESS`; `OUT_OF_MEMORY` if there is no room for one more name
   */
  set(name: string, address: number): void {
    this.#chain.exchange(checkedName('root', name), ANY, rootAddress(this.#attached(), address));
  }

  /**
   * Sets the name to `address` if it has the address `expected` now, where 0 means that there is no such name. Tells
   * whether it did. Throws as `set`.
   */
  compareExchange(name: string, expected: number, address: number): boolean {
    const member = this.#attached();
    const before = rootAddress(member, expected);
    return this.#chain.exchange(checkedName('root', name), before, rootAddress(member, address)) === before;
  }

  /** Deletes the name; tells whether it was there. What lies at its address stays. Throws as `get`. */
  delete(name: string): boolean {
    this.#attached();
    return this.#chain.exchange(checkedName('root', name), ANY, 0) !== 0;
  }

  /** All names and their addresses, as they were at one instant. */
  entries(): [name: string, address: number][] {
    this.#attached();
    return this.#chain.entries();
  }

  /**
   * The address of that name. If there is none, `make` makes a block and the name is set to it. When several threads do
   * this at once, all of them get the block of one, and those of the others are freed.
   *
   * @param make - returns the address of a fresh block, or `null` for want of memory; runs without the lock
   * @param free - gives a block of `make` back that is not needed; `deallocate` if not given
   * @throws AllocatorError as `set`; whatever `make` or `free` throws
   */
  getOrInsertComputed(
    name: string,
    make: () => number | null,
    free: (address: number) => void = this.#deallocate,
  ): number {
    const there = this.get(name);
    if (there !== 0) return there;
    const made = madeAddress(this.#attached(), make());
    let before = made;
    try {
      before = this.#chain.exchange(checkedName('root', name), 0, made);
    } finally {
      if (before !== 0) free(made);
    }
    return before === 0 ? made : before;
  }
}

/** @throws AllocatorError `INVALID_ADDRESS` for anything but 0 or an address in the memory under management */
export function rootAddress({ layout, locked }: Member, address: number): number {
  const end = layout.base + layout.bytesOf(locked.table.loadUnitCount());
  if (address === 0 || (Number.isInteger(address) && address >= layout.base && address < end)) return address;
  throw new AllocatorError('INVALID_ADDRESS', `the root is 0 or an address in the heap, not ${shown(address)}`);
}

function madeAddress(member: Member, made: number | null): number {
  if (made === null) throw new AllocatorError('OUT_OF_MEMORY', 'there is no memory for the block of a root');
  if (made !== 0) return rootAddress(member, made);
  throw new AllocatorError('INVALID_ADDRESS', 'make must return the address of a block, got 0');
}
