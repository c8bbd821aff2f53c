/** The lane of `bench lock`: a pair that takes a free lock and gives it back, or the bare operations of such a pair. */
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import type { Round } from '../measure/lane.ts';
import { ownLock } from './own-lock.ts';

/** Which pair. */
export interface PairLane {
  readonly pair: 'lock' | 'bare';
}

const HEAP_BYTES = 4096;

export function share(): HeapHandle {
  return new MemoryManager(HEAP_BYTES, { slabs: false }).handle;
}

export function prepare({ pair }: PairLane, handle: HeapHandle): Round {
  return pair === 'lock' ? lockRound(handle) : bareRound(new Int32Array(new SharedArrayBuffer(HEAP_BYTES)));
}

function lockRound(handle: HeapHandle): Round {
  const lock = ownLock(handle);
  return (count) => {
    for (let i = 0; i < count; i++) {
      lock.acquire();
      lock.release();
    }
  };
}

function bareRound(words: Int32Array): Round {
  const own = 2;
  return (count) => {
    for (let i = 0; i < count; i++) {
      Atomics.compareExchange(words, 0, 0, own);
      Atomics.exchange(words, 0, 0);
    }
  };
}
