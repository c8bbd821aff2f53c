/**
 * What a heap's own words say before anybody repairs anything: who holds the lock, which change is pending, which threads
 * are attached. After a crash this is the trace of what happened; an image keeps it, since loading repairs.
 */
import type { Layout } from '../layout/layout.ts';
import { Change, Guarded, Lock } from '../layout/regions.ts';
import { ownerIn, type OwnerWord } from '../sync/owner-word.ts';
import type { Tenant, ThreadSlots } from '../sync/thread-slots.ts';
import { Head, ThreadRecord } from './format.ts';

const FoundWord = {
  LOCK: Head.FOUND,
  CHANGE: Head.FOUND + 1,
  PENDING_HEAD: Head.FOUND + 2,
  PENDING_WORD: Head.FOUND + 3,
  PEAK_USED_UNITS: Head.FOUND + 4,
  LOCK_WAITS: Head.FOUND + 5,
  LOCK_SEIZURES: Head.FOUND + 6,
  IS_COMMITTED: Head.FOUND + 7,
} as const;

/** The words, and the threads that they name. */
export interface AsFound {
  /** Who holds the lock; 0 = nobody. */
  readonly lockOwner: OwnerWord;
  /** A `Change`: what was being done to the table, and was not finished. */
  readonly change: number;
  /** The unit whose word commits that change, and that word; for a growth, the units before and after. */
  readonly pendingHead: number;
  readonly pendingWord: number;
  /** Whether the change had taken effect: then a repair completes it, else it never happened. */
  readonly isCommitted: boolean;
  readonly peakUsedUnits: number;
  readonly lockWaits: number;
  readonly lockSeizures: number;
  readonly threads: readonly Tenant[];
}

/** Looks without the lock: of a heap that others work with, each word is as it was at some instant of the look. */
export function lookAt(layout: Layout, slots: ThreadSlots): AsFound {
  const { words } = layout;
  const word = (index: number) => Atomics.load(words, index);
  return {
    lockOwner: ownerIn(word(Lock.OWNER)),
    ...pendingIn(layout, word(Guarded.DIRTY)),
    peakUsedUnits: word(Guarded.PEAK_USED_UNITS),
    lockWaits: word(Guarded.LOCK_WAITS),
    lockSeizures: word(Guarded.LOCK_SEIZURES),
    threads: slots.tenants(),
  };
}

function pendingIn(
  { words, regions, buffer }: Layout,
  change: number,
): Pick<AsFound, 'change' | 'pendingHead' | 'pendingWord' | 'isCommitted'> {
  const hasWord = change === Change.BLOCKS || change === Change.GROWTH;
  if (!hasWord) return { change, pendingHead: 0, pendingWord: 0, isCommitted: false };
  const pendingHead = Atomics.load(words, Guarded.PENDING_HEAD);
  const pendingWord = Atomics.load(words, Guarded.PENDING_WORD);
  const { start, wordCount } = regions.blockMap;
  const isUnit = pendingHead >= 0 && pendingHead < wordCount;
  const [all, place] =
    change === Change.GROWTH
      ? [words, Guarded.UNIT_COUNT]
      : [new Int32Array(buffer, start * 4, wordCount), pendingHead];
  return { change, pendingHead, pendingWord, isCommitted: isUnit && Atomics.load(all, place) === pendingWord };
}

/** Writes all but the threads into a head. */
export function putFound(head: Int32Array, found: AsFound): void {
  head[FoundWord.LOCK] = found.lockOwner;
  head[FoundWord.CHANGE] = found.change;
  head[FoundWord.PENDING_HEAD] = found.pendingHead;
  head[FoundWord.PENDING_WORD] = found.pendingWord;
  head[FoundWord.IS_COMMITTED] = found.isCommitted ? 1 : 0;
  head[FoundWord.PEAK_USED_UNITS] = found.peakUsedUnits;
  head[FoundWord.LOCK_WAITS] = found.lockWaits;
  head[FoundWord.LOCK_SEIZURES] = found.lockSeizures;
}

export function getFound(head: Int32Array, threads: readonly Tenant[]): AsFound {
  return {
    lockOwner: head[FoundWord.LOCK],
    change: head[FoundWord.CHANGE],
    pendingHead: head[FoundWord.PENDING_HEAD],
    pendingWord: head[FoundWord.PENDING_WORD],
    isCommitted: head[FoundWord.IS_COMMITTED] !== 0,
    peakUsedUnits: head[FoundWord.PEAK_USED_UNITS],
    lockWaits: head[FoundWord.LOCK_WAITS],
    lockSeizures: head[FoundWord.LOCK_SEIZURES],
    threads,
  };
}

const IDENTITY_LOW = 2 ** 32;

export function threadWords(threads: readonly Tenant[]): Int32Array {
  const words = new Int32Array(threads.length * ThreadRecord.WORDS);
  threads.forEach(({ owner, identity, workerId, isAlive }, index) => {
    const at = index * ThreadRecord.WORDS;
    words[at + ThreadRecord.OWNER] = owner;
    words[at + ThreadRecord.IDENTITY] = identity % IDENTITY_LOW;
    words[at + ThreadRecord.IDENTITY + 1] = Math.floor(identity / IDENTITY_LOW);
    words[at + ThreadRecord.WORKER_ID] = workerId === undefined ? 0 : workerId + 1;
    words[at + ThreadRecord.IS_ALIVE] = isAlive ? 1 : 0;
  });
  return words;
}

export function threadsIn(words: Int32Array): Tenant[] {
  return Array.from({ length: words.length / ThreadRecord.WORDS }, (_, index) => {
    const at = index * ThreadRecord.WORDS;
    const workerId = words[at + ThreadRecord.WORKER_ID];
    return {
      owner: words[at + ThreadRecord.OWNER],
      identity: words[at + ThreadRecord.IDENTITY + 1] * IDENTITY_LOW + (words[at + ThreadRecord.IDENTITY] >>> 0),
      workerId: workerId === 0 ? undefined : workerId - 1,
      isAlive: words[at + ThreadRecord.IS_ALIVE] !== 0,
    };
  });
}
