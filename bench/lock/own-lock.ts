/** The lock of a heap, as one thread has it, without the table behind it. */
import { Layout } from '../../src/layout/layout.ts';
import { Lock } from '../../src/layout/regions.ts';
import type { HeapHandle } from '../../src/index.ts';
import { platformLiveness } from '../../src/sync/platform-liveness.ts';
import { RobustLock } from '../../src/sync/robust-lock.ts';
import { ThreadSlots } from '../../src/sync/thread-slots.ts';
import { atomicsWaiting } from '../../src/sync/waiting.ts';

/** Longer than any benchmark. */
const TIMEOUT_MS = 60_000;

/** Claims a thread slot for good. */
export function ownLock({ buffer }: HeapHandle): RobustLock {
  const layout = new Layout(buffer);
  const owners = new ThreadSlots(layout, platformLiveness());
  return new RobustLock({
    words: layout.words,
    index: Lock.OWNER,
    turn: Lock.TURN,
    moves: Lock.MOVES,
    name: 'the lock',
    owners,
    own: owners.claim(),
    waiting: atomicsWaiting,
    timeoutMs: TIMEOUT_MS,
    ownWord: 'seize',
  });
}
