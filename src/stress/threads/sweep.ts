/**
 * Cleaning up after a round, when all threads have stopped: every recorded block is verified and freed, whoever had it,
 * those of the dead too. What is live and has no record must belong to a call that a death cut short (see ledger).
 */
import type { BlockInfo, MemoryManager } from '../../index.ts';
import type { BlockKeeper } from '../workloads/block-keeper.ts';
import { BlockRecords } from '../oracles/block-records.ts';
import type { Evidence } from '../oracles/evidence.ts';
import { Intent, type OpenIntent } from '../oracles/ledger.ts';
import { GRANULE_BYTES, ShadowMap } from '../oracles/shadow-map.ts';
import type { Violation } from '../results/violation.ts';
import type { Witness } from '../oracles/witness.ts';

/** What was found. */
export interface Sweep {
  readonly violations: readonly Violation[];
  /** Blocks that were live, known, intact as far as was not reported, and are free now. */
  readonly blocksRecovered: number;
  /** Blocks of which only the heap knew. */
  readonly blocksInFlight: number;
}

/** Calls that may leave a block of which nobody knows the address. */
const mayLose: ReadonlySet<number> = new Set([Intent.ALLOCATE, Intent.REALLOCATE]);

export class Sweeper {
  readonly #heap: MemoryManager;
  readonly #blocks: BlockKeeper;
  readonly #witness: Witness;
  readonly #records: BlockRecords;
  readonly #shadow: ShadowMap;
  #blocksRecovered = 0;
  #blocksInFlight = 0;

  constructor(heap: MemoryManager, blocks: BlockKeeper, witness: Witness, evidence: Evidence) {
    this.#heap = heap;
    this.#blocks = blocks;
    this.#witness = witness;
    this.#records = new BlockRecords(evidence.records);
    this.#shadow = new ShadowMap(evidence.shadow);
  }

  /**
   * @param deaths - the calls in which threads died
   * @param recoversFirst - whether to adopt what the dead have left, or to free it in their slabs and leave these to
   *   whoever comes next
   */
  sweep(deaths: readonly OpenIntent[], recoversFirst: boolean): Sweep {
    if (deaths.length > 0 && recoversFirst) this.#heap.recover();
    this.#freeRecorded();
    if (deaths.length > 0) this.#freeUnrecorded(deaths);
    this.#witness.publishLive();
    return {
      violations: this.#witness.log.first.map((violation) => ({ ...violation, operation: 0 })),
      blocksRecovered: this.#blocksRecovered,
      blocksInFlight: this.#blocksInFlight,
    };
  }

  #freeRecorded(): void {
    for (const block of this.#records.blocks(this.#heap.buffer.byteLength)) {
      this.#blocks.giveBack(block);
      this.#blocksRecovered++;
    }
  }

  /** Blocks that no record knows, where there may be some. */
  #freeUnrecorded(deaths: readonly OpenIntent[]): void {
    const named = new Map(deaths.filter(({ block }) => block !== 0).map((intent) => [intent.block, intent]));
    const mayBeLost = deaths.filter(({ operation }) => mayLose.has(operation)).length;
    for (const found of this.#heap.blocks()) {
      const intent = named.get(found.address / GRANULE_BYTES);
      if (intent === undefined || !this.#isThere(intent, found)) this.#blocksInFlight++;
      else this.#blocksRecovered++;
      this.#free(found);
    }
    if (this.#blocksInFlight <= mayBeLost) return;
    const detail = `${this.#blocksInFlight} blocks are live that nobody knows of, but only ${mayBeLost} threads died in a call that may have made one`;
    this.#witness.log.add('leak', detail, 0, 0, 0);
  }

  /** Whether the block that a call was about is the one that was found: it has its bytes, unless it was being filled. */
  #isThere({ operation, identity, block, size }: OpenIntent, found: BlockInfo): boolean {
    if (size > found.size) return false;
    return operation === Intent.MADE || this.#witness.isIntact(identity, block * GRANULE_BYTES, size);
  }

  #free({ address }: BlockInfo): void {
    this.#records.setHistory(address / GRANULE_BYTES, 0);
    this.#shadow.release(address);
    this.#witness.free(0, address, 0);
  }
}
