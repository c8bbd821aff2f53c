/**
 * Allocations that wait for the lock without blocking their thread. While one waits, and until its result is handed
 * over, other code of the thread runs: it may detach, or abort the request.
 *
 * All that is taken is taken inside the critical section, and written down in the errand. Leaving the heap cancels
 * every errand and gives back what it had taken; after each wait an errand looks whether it is still wanted. Whatever
 * ends it early, no byte stays taken.
 */
import type { Cancellation } from '../sync/robust-lock.ts';
import type { BlockTable } from '../table/block-table.ts';
import { detachedError } from '../table/locked-table.ts';
import { clear, deallocate, fitsHeap } from './blocks.ts';
import type { Member } from './member.ts';
import { NO_ADDRESS, takeLocked, type Request } from './supply.ts';

/** One request under way. */
interface Errand {
  /** What was taken and not handed over yet, or NO_ADDRESS. */
  address: number;
  isCancelled: boolean;
}

/** The requests of one member that are under way. */
export class Errands {
  readonly #member: Member;
  readonly #all = new Set<Errand>();

  constructor(member: Member) {
    this.#member = member;
  }

  /** Takes what is asked for. Resolves to its address, or to NO_ADDRESS when there is no memory. */
  async take(request: Request, zeroed: boolean, signal: Cancellation | undefined): Promise<number> {
    const errand: Errand = { address: NO_ADDRESS, isCancelled: false };
    this.#all.add(errand);
    try {
      requireWanted(errand, signal);
      this.#member.locked.admit();
      if (request.sizeClass < 0 && !fitsHeap(this.#member, request)) return NO_ADDRESS;
      errand.address = this.#takeAtOnce(request);
      if (errand.address === NO_ADDRESS) await this.#wait(errand, request, signal);
      if (zeroed) clear(this.#member, errand.address);
      return errand.address;
    } catch (error) {
      if (errand.address !== NO_ADDRESS) this.#member.locked.endUserCode(); // what is taken is taken outside of it
      this.#undo(errand);
      throw error;
    } finally {
      this.#all.delete(errand);
    }
  }

  /** Gives back what errands have taken; those that still wait end with `DETACHED`. */
  cancel(): void {
    for (const errand of this.#all) {
      errand.isCancelled = true;
      this.#undo(errand);
    }
  }

  #takeAtOnce({ sizeClass }: Request): number {
    return sizeClass < 0 ? NO_ADDRESS : this.#member.slabs!.allocateClass(sizeClass);
  }

  async #wait(errand: Errand, request: Request, signal: Cancellation | undefined): Promise<void> {
    await this.#member.locked.runAsync(signal, runLocked, this.#member, request, errand);
    requireWanted(errand, signal);
  }

  #undo(errand: Errand): void {
    const { address } = errand;
    errand.address = NO_ADDRESS;
    if (address !== NO_ADDRESS) deallocate(this.#member, address);
  }
}

/** The signal is the user's code, and may make the thread leave: whether it has is looked at last. */
function requireWanted(errand: Errand, signal: Cancellation | undefined): void {
  if (!errand.isCancelled) signal?.throwIfAborted();
  if (errand.isCancelled) throw detachedError();
}

function runLocked(table: BlockTable, member: Member, request: Request, errand: Errand): void {
  errand.address = takeLocked(table, member, request);
}
