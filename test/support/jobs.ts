/**
 * What worker threads do in tests. `tell` posts a message to the test; `signal` is a word by which the test lets a job
 * go on, since a thread that holds the lock must stop in the middle of things, not at the end of an event.
 */
import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import type { Membership } from '../../src/heap/membership.ts';
import { Lock } from '../../src/layout/regions.ts';
import { openMember } from '../../src/memory-manager/members.ts';
import type { BlockTable } from '../../src/table/block-table.ts';
import { lowestFit } from './heap-options.ts';
import { patternOf } from './pattern.ts';
import { Shared } from './shared-struct.ts';

/** What a job is given. */
export interface JobInput {
  readonly handle: HeapHandle;
  readonly signal: Int32Array<SharedArrayBuffer>;
  /** Number of this thread among several. */
  readonly index: number;
  readonly rounds: number;
  readonly tell: (message: unknown) => void;
}

/** Blocks this thread until the test sets the signal to `value`. */
function awaitSignal(signal: Int32Array, value: number): void {
  for (;;) {
    const seen = Atomics.load(signal, 0);
    if (seen === value) return;
    Atomics.wait(signal, 0, seen);
  }
}

/** This thread's own attachment, below the facade, so that it can stop while it holds the lock. */
function attachment(handle: HeapHandle): Membership {
  return openMember(new Layout(handle.buffer), { fits: [], liveness: undefined });
}

/** Runs `inside` under the lock of the heap. */
function underLock(handle: HeapHandle, inside: (table: BlockTable) => unknown): Membership {
  const attached = attachment(handle);
  attached.locked.run((table) => inside(table));
  return attached;
}

/** Makes the table stop before the derived words follow a commit. */
function stopAfterCommit(table: BlockTable, stop: () => void): void {
  const { list } = table.free;
  list.remove = stop;
  list.insert = stop;
}

/** Replaces one of a few blocks, or resizes it, or frees it. */
function shuffle(heap: MemoryManager, own: (number | null)[], random: number): void {
  const place = random % own.length;
  const address = own[place];
  const size = (random >>> 8) % 16 === 0 ? (random >>> 12) % 9000 : (random >>> 12) % 200;
  if (address === null) own[place] = heap.allocate(size);
  else if ((random >>> 7) % 2 === 0) own[place] = heap.reallocate(address, size) ?? address;
  else {
    heap.deallocate(address);
    own[place] = null;
  }
}

/** Exchanges what 64 places at the root hold for new blocks, and frees the old ones, whoever allocated them. */
function exchangeAtRoot(heap: MemoryManager, index: number, rounds: number): void {
  const places = heap.view(BigUint64Array, heap.root, 64);
  for (let round = 0; round < rounds; round++) {
    const address = heap.allocate(16 + ((index * 53 + round * 37) % 1000));
    assert.ok(address !== null, 'the heap is full');
    const before = Atomics.exchange(places, (index * 29 + round * 7) % 64, BigInt(address));
    if (before !== 0n) heap.deallocate(Number(before));
  }
}

export const jobs = {
  /** Allocates, fills, verifies and frees blocks, some of them resized, all others' bytes left alone. */
  churn({ handle, index, rounds, tell }) {
    using heap = MemoryManager.attach(handle);
    const own: number[] = [];
    let state = index + 1;
    for (let round = 0; round < rounds; round++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1;
      const address = heap.allocate(state % 300);
      if (address !== null) {
        heap.write(address, patternOf(address + index, heap.sizeOf(address)));
        own.push(address);
      }
      if (own.length < 8 && address !== null) continue;
      const [oldest] = own.splice(state % own.length, 1);
      const size = heap.sizeOf(oldest);
      assert.deepEqual(heap.read(oldest, size), patternOf(oldest + index, size));
      heap.deallocate(oldest);
    }
    for (const address of own) heap.deallocate(address);
    tell(own.length);
  },

  /** Takes, resizes and frees blocks until the signal is 1; tells when it is at it. */
  shuffleUntilTold({ handle, signal, index, tell }) {
    using heap = MemoryManager.attach(handle, { fits: [lowestFit] });
    const own: (number | null)[] = Array.from({ length: 200 }, () => null);
    let state = index + 1;
    for (let round = 0; Atomics.load(signal, 0) !== 1; round++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1;
      shuffle(heap, own, state);
      if (round === 1000) tell('at it');
    }
    for (const address of own) if (address !== null) heap.deallocate(address);
    tell('done');
  },

  /** Counts, sets and gets the text of the struct at the root, makes and frees structs; links one to it in the end. */
  changeStruct({ handle, index, rounds, tell }) {
    using heap = MemoryManager.attach(handle);
    const shared = Shared.at(heap, heap.root);
    for (let round = 0; round < rounds; round++) {
      shared.text = (index === 0 ? 'a' : 'b').repeat(1 + (round % 100));
      assert.match(shared.text, /^(?:at first|a+|b+)$/);
      const own = Shared.allocate(heap, { text: `${round}` });
      assert.equal(own.text, `${round}`);
      Shared.free(own);
      shared.count.add(1);
      if (round === 0) tell('at it');
    }
    if (index === 0) shared.next = Shared.allocate(heap, { text: 'linked' });
  },

  /** Tells what the number of the struct at the root is once it is not 0. */
  waitForStruct({ handle, tell }) {
    using heap = MemoryManager.attach(handle);
    const { count } = Shared.at(heap, heap.root);
    tell('waiting');
    while (count.load() === 0) count.wait(0);
    tell(count.load());
  },

  /** Adds to a word under the lock, with a plain read and a plain write that would get lost without exclusion. */
  count({ handle, signal, rounds }) {
    const attached = attachment(handle);
    for (let round = 0; round < rounds; round++) {
      attached.locked.run(() => {
        const seen = signal[1];
        for (let pause = 0; pause < 20; pause++) Atomics.load(signal, 0);
        signal[1] = seen + 1;
      });
    }
    attached.leave();
  },

  /** Holds the lock until the signal is 1. */
  holdLock({ handle, signal, tell }) {
    const attached = underLock(handle, () => {
      tell('locked');
      awaitSignal(signal, 1);
    });
    attached.leave();
    tell('released');
  },

  /** Stops inside the lock, half-way through taking a block, until it is terminated. */
  dieTaking({ handle, signal, tell }) {
    underLock(handle, (table) => {
      stopAfterCommit(table, () => {
        tell('half-way');
        awaitSignal(signal, 1);
      });
      table.take(3, 1);
    });
  },

  /** Stops inside the lock, half-way through giving the block in the middle of three free neighbours back. */
  dieGivingBack({ handle, signal, rounds, tell }) {
    underLock(handle, (table) => {
      stopAfterCommit(table, () => {
        tell('half-way');
        awaitSignal(signal, 1);
      });
      table.giveBack(table.layout.unitAt(rounds));
    });
  },

  /** Takes and gives back blocks where the stack ends, until the signal is 1. */
  overflow({ handle, signal, tell }) {
    using heap = MemoryManager.attach(handle);
    const dive = (): void => {
      try {
        dive();
      } catch {
        heap.deallocate(heap.allocate(64)!);
      }
    };
    tell('diving');
    while (Atomics.load(signal, 0) === 0) {
      try {
        dive();
      } catch {
        // The innermost attempts had no room even to fail.
      }
    }
    heap.recover();
    for (const { address } of heap.blocks()) heap.deallocate(address);
    tell('dived');
  },

  /** Is cut off inside the lock by a `vm` timeout, tells its word there, and is idle; once more at each signal. */
  cutOffThenIdle({ handle, signal, rounds, tell }) {
    const attached = attachment(handle);
    const stuck = (): void => attached.locked.run(loopForEver);
    const cutOff = (): void => {
      const { words } = attached.layout;
      // The time may be over before the lock is taken.
      while (words[Lock.OWNER] === 0) {
        try {
          runInNewContext('stuck()', { stuck }, { timeout: 20 });
        } catch (error) {
          assert.match(String(error), /timed out/u);
        }
      }
      tell(words[Lock.OWNER] & ~1);
    };
    let left = rounds;
    setInterval(() => {
      if (Atomics.exchange(signal, 0, 0) === 1 && --left > 0) cutOff();
    }, 1);
    cutOff();
  },

  /** Attaches and stays until it is terminated. */
  attachAndStay({ handle, signal, tell }) {
    const heap = MemoryManager.attach(handle);
    tell('attached');
    awaitSignal(signal, 1);
    heap.detach();
  },

  /** Attaches, allocates one block and ends without detaching. */
  attachAndVanish({ handle, tell }) {
    tell(MemoryManager.attach(handle).allocate(40));
  },

  /** Exchanges blocks at the root and leaves. */
  exchangeAndDetach({ handle, index, rounds, tell }) {
    using heap = MemoryManager.attach(handle);
    exchangeAtRoot(heap, index, rounds);
    tell('exchanged');
  },

  /** Exchanges blocks at the root and ends without detaching. */
  exchangeAndVanish({ handle, index, rounds, tell }) {
    exchangeAtRoot(MemoryManager.attach(handle), index, rounds);
    tell('exchanged');
  },

  /** Exchanges blocks at the root and stays until it is terminated. */
  exchangeAndStay({ handle, signal, index, rounds, tell }) {
    const heap = MemoryManager.attach(handle);
    exchangeAtRoot(heap, index, rounds);
    tell('exchanged');
    awaitSignal(signal, 1);
    heap.detach();
  },

  /** Takes the lock as soon as it can and tells that it had it. */
  waitForLock({ handle, tell }) {
    using heap = MemoryManager.attach(handle);
    tell('waiting');
    tell({ address: heap.allocate(16) });
  },

  /** Attaches with the user's strategy, or without it, and allocates. */
  useFit({ handle, rounds, tell }) {
    try {
      using heap = MemoryManager.attach(handle, rounds === 1 ? { fits: [lowestFit] } : {});
      tell({ address: heap.allocate(100) });
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      tell({ code, message });
    }
  },

  /** Allocates until the memory must have grown, and tells where the last block is. */
  growTo({ handle, index, rounds, tell }) {
    using heap = MemoryManager.attach(handle);
    const blocks: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const address = heap.allocate(1000);
      if (address === null) break;
      heap.write(address, patternOf(address + index, heap.sizeOf(address)));
      blocks.push(address);
    }
    tell({ blocks, byteLength: heap.byteLength });
  },

  /** Waits for an address in the root, and answers with the sum of the bytes there. */
  readFromRoot({ handle, signal, tell }) {
    using heap = MemoryManager.attach(handle);
    const before = heap.byteLength;
    tell('attached');
    awaitSignal(signal, 1);
    const address = heap.root;
    const size = heap.sizeOf(address);
    const view = heap.view(Uint8Array, address, size);
    view[0]++;
    heap.write(address + 1, [view[0]]);
    tell({ before, after: heap.byteLength, bytes: heap.read(address, size) });
  },

  /** Tries all of a set of roots at once with others; tells how often it came first. */
  raceForRoot({ handle, index, rounds, tell }) {
    using heap = MemoryManager.attach(handle);
    const own = heap.allocate(16)!;
    let won = 0;
    for (let round = 0; round < rounds; round++) {
      if (!heap.compareExchangeRoot(0, own)) continue;
      won++;
      assert.equal(heap.root, own);
      assert.ok(heap.compareExchangeRoot(own, 0), `thread ${index} was robbed of the root`);
    }
    heap.deallocate(own);
    tell(won);
  },
} satisfies Record<string, (input: JobInput) => void>;

export type JobName = keyof typeof jobs;

function loopForEver(): void {
  for (const state = { stuck: true }; state.stuck;);
}
