import { describe, expect, test } from 'vitest';
import { ownerWord, slotOfOwner } from '../../src/sync/owner-word.ts';
import { RobustLock, type LockParts } from '../../src/sync/robust-lock.ts';
import { atomicsWaiting, type Waiting, type WaitOutcome } from '../../src/sync/waiting.ts';
import { errorOf } from '../support/misuse.ts';

const [LOCK, TURN, MOVES] = [3, 7, 11];
const SLOTS = 8;
const TIMEOUT_MS = 40;
const SLICE_MS = 10;
const never = new AbortController().signal;

/** Waits that end as the test says, without sleep. */
class Script implements Waiting {
  readonly sleeps: number[] = [];
  readonly notified: number[] = [];
  readonly #outcomeOf: (sleep: number) => WaitOutcome;

  constructor(outcomeOf: (sleep: number) => WaitOutcome) {
    this.#outcomeOf = outcomeOf;
  }

  wait(_words: Int32Array, _index: number, _value: number, timeoutMs: number): WaitOutcome {
    return this.#outcomeOf(this.sleeps.push(timeoutMs));
  }

  waitAsync(words: Int32Array, index: number, value: number, timeoutMs: number): WaitOutcome {
    return this.wait(words, index, value, timeoutMs);
  }

  notify(_words: Int32Array, _index: number, count: number): void {
    this.notified.push(count);
  }
}

interface Options extends Partial<LockParts> {
  readonly dead?: (owner: number) => boolean;
}

interface Bench {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly asked: number[];
  readonly lockOf: (slot: number, options?: Options) => RobustLock;
}

function bench(): Bench {
  const words = new Int32Array(new SharedArrayBuffer(64));
  const asked: number[] = [];
  const lockOf = (slot: number, { dead = () => false, ...parts }: Options = {}) =>
    new RobustLock({
      words,
      index: LOCK,
      turn: TURN,
      moves: MOVES,
      name: 'the mutex',
      owners: {
        names: (owner) => owner > 0 && slotOfOwner(owner) >= 0 && slotOfOwner(owner) < SLOTS,
        isDead: dead,
        ask: (owner) => void asked.push(owner & ~1),
        describe: (owner) => `thread ${slotOfOwner(owner)}`,
      },
      own: ownerWord(slot, 1),
      waiting: atomicsWaiting,
      timeoutMs: TIMEOUT_MS,
      ownWord: 'seize',
      ...parts,
    });
  return { words, asked, lockOf };
}

const timedOut = () => 'timed-out' as const;

describe('a robust lock', () => {
  test('is a word at any place, and touches no other words where nobody waits', () => {
    const { words, lockOf } = bench();
    const lock = lockOf(2);
    expect(lock.acquire()).toBe('acquired');
    expect(words[LOCK]).toBe(ownerWord(2, 1));
    expect(lock.release()).toBe(true);
    expect([...words]).toEqual(Array.from({ length: 16 }, () => 0));
  });

  test('is given back by its owner alone', () => {
    const { words, lockOf } = bench();
    const [lock, other] = [lockOf(1), lockOf(2)];
    expect(other.release()).toBe(false);
    lock.acquire();
    expect(other.release()).toBe(false);
    words[LOCK] |= 1;
    expect(other.release()).toBe(false);
    expect(words[LOCK]).toBe(ownerWord(1, 1) | 1);
    expect(lock.release()).toBe(true);
    expect(lock.release()).toBe(false);
  });

  test.each([-1, -2, 2 ** 31 - 1, ownerWord(SLOTS, 1), ownerWord(1000, 3)])(
    'with %i in its word is CORRUPTED, naming the place, and stays as it is',
    async (garbage) => {
      const { words, lockOf } = bench();
      words[LOCK] = garbage;
      const expected = {
        code: 'CORRUPTED',
        message: `the mutex, word ${LOCK} of its memory, holds ${garbage}, which names no thread slot`,
      };
      const lock = lockOf(1);
      expect(() => lock.acquire()).toThrow(expect.objectContaining(expected));
      expect(() => lock.acquireOrSeize()).toThrow(expect.objectContaining(expected));
      await expect(lock.acquireAsync(() => undefined, never)).rejects.toMatchObject(expected);
      expect(lock.tryAcquire()).toBe(false);
      expect(lock.release()).toBe(false);
      expect(words[LOCK]).toBe(garbage);
    },
  );

  test('of the dead is seized once', () => {
    const { words, lockOf } = bench();
    words[LOCK] = ownerWord(1, 1);
    expect(lockOf(2, { dead: (owner) => slotOfOwner(owner) === 1 }).acquire()).toBe('seized');
    expect(words[LOCK]).toBe(ownerWord(2, 1) | 1);
  });
});

describe('the own word in the lock', () => {
  test('is seized where that means that this thread was cut off', async () => {
    const { words, lockOf } = bench();
    const lock = lockOf(1);
    words[LOCK] = lock.own;
    expect(lock.acquire()).toBe('seized');
    words[LOCK] = lock.own | 1;
    expect(lock.acquireOrSeize()).toBe('seized');
    expect(await lock.acquireAsync((acquisition) => acquisition, never)).toBe('seized');
  });

  test('is a DEADLOCK otherwise, where waits without blocking queue up', async () => {
    const { words, lockOf } = bench();
    const lock = lockOf(1, { ownWord: 'deadlock', timeoutMs: 10_000 });
    lock.acquire();
    const expected = {
      code: 'DEADLOCK',
      message: 'the mutex is held by this thread already, which would wait for itself',
    };
    expect(() => lock.acquire()).toThrow(expect.objectContaining(expected));
    expect(() => lock.acquireOrSeize()).toThrow(expect.objectContaining(expected));
    const order: string[] = [];
    const queued = lock.acquireAsync(() => order.push('queued'), never);
    order.push('first');
    lock.release();
    await queued;
    expect(order).toEqual(['first', 'queued']);
    expect(words[LOCK] & ~1).toBe(lock.own);
    lock.release();
  });
});

describe('the deadline', () => {
  test('counts slices of sleep beside an owner that stands still, names him, and asks him before', () => {
    const { words, asked, lockOf } = bench();
    words[LOCK] = ownerWord(1, 1);
    const waiting = new Script(timedOut);
    const error = errorOf(() => lockOf(2, { waiting, timeoutMs: 35 }).acquire());
    expect(error).toMatchObject({
      code: 'LOCK_TIMEOUT',
      message: 'the mutex was held by thread 1 for more than 35 ms',
    });
    expect(waiting.sleeps).toEqual([10, 10, 10, 5]);
    expect(asked).toEqual(Array.from({ length: 4 }, () => ownerWord(1, 1)));
    expect(words[TURN]).toBe(0);
  });

  test('is not shortened by sleep that the clock says was long', () => {
    const { words, lockOf } = bench();
    words[LOCK] = ownerWord(1, 1);
    const now = performance.now.bind(performance);
    let hours = 0;
    const waiting = new Script((sleep) => {
      hours += 3_600_000; // the process was stopped meanwhile
      if (sleep === 3) words[LOCK] = 0;
      return 'timed-out';
    });
    performance.now = () => now() + hours;
    try {
      expect(lockOf(2, { waiting }).acquire()).toBe('waited');
    } finally {
      Reflect.deleteProperty(performance, 'now');
    }
  });

  test.each<[string, (words: Int32Array) => void]>([
    ['has another owner', (words) => void (words[LOCK] = ownerWord(3 + (words[MOVES] & 1), 1) | 1)],
    ['was released and taken again by the same, who has the bit again', () => undefined],
    ['was taken again, without the bit', (words) => void (words[LOCK] = ownerWord(1, 1))],
  ])('starts anew when the lock %s', (_what, change) => {
    const { words, lockOf } = bench();
    words[LOCK] = ownerWord(1, 1);
    const sleeps = 10 * (TIMEOUT_MS / SLICE_MS);
    const waiting = new Script((sleep) => {
      if (sleep === sleeps) words[LOCK] = 0;
      else if (sleep % 3 === 0) {
        words[MOVES]++;
        change(words);
      }
      return 'timed-out';
    });
    expect(lockOf(2, { waiting }).acquire()).toBe('waited');
    expect(waiting.sleeps).toHaveLength(sleeps);
  });

  test('of 0 gives up at once, unless the owner is dead', () => {
    const { words, lockOf } = bench();
    words[LOCK] = ownerWord(1, 1);
    const waiting = new Script(timedOut);
    expect(errorOf(() => lockOf(2, { waiting, timeoutMs: 0 }).acquire()).code).toBe('LOCK_TIMEOUT');
    expect(lockOf(2, { waiting, timeoutMs: 0, dead: () => true }).acquire()).toBe('seized');
    expect(waiting.sleeps).toEqual([]);
  });
});

describe('TURN', () => {
  test('is reserved by who has slept for long, and withdrawn by whoever leaves', () => {
    const { words, lockOf } = bench();
    words[LOCK] = ownerWord(1, 1);
    const own = ownerWord(2, 1);
    const turns: number[] = [];
    const waiting = new Script((sleep) => {
      turns.push(words[TURN]);
      if (sleep === 3) words[LOCK] = 0;
      return 'timed-out';
    });
    lockOf(2, { waiting, turnAfterMs: -1 }).acquire();
    expect(turns).toEqual([0, own, own]);
    expect(words[TURN]).toBe(0);
    words[LOCK] = ownerWord(1, 1);
    expect(errorOf(() => lockOf(2, { waiting: new Script(timedOut), turnAfterMs: -1 }).acquire()).code).toBe(
      'LOCK_TIMEOUT',
    );
    expect(words[TURN]).toBe(0);
  });

  test('makes a release leave the lock reserved and wake all, and else one', () => {
    const { words, lockOf } = bench();
    const waiting = new Script(timedOut);
    const lock = lockOf(1, { waiting });
    words[LOCK] = lock.own | 1;
    lock.release();
    words[LOCK] = lock.own | 1;
    words[TURN] = ownerWord(2, 1);
    lock.release();
    expect(words[LOCK]).toBe(1);
    expect(waiting.notified).toEqual([1, Infinity]);
    expect(words[MOVES]).toBe(2);
  });

  test('is given way to for one slice, and ended by who did so in vain', () => {
    const { words, lockOf } = bench();
    words[LOCK] = 1;
    words[TURN] = ownerWord(5, 1);
    const waiting = new Script(timedOut);
    expect(lockOf(2, { waiting }).acquire()).toBe('waited');
    expect(waiting.sleeps).toEqual([SLICE_MS]);
    expect(words[TURN]).toBe(0);
    expect(words[LOCK]).toBe(ownerWord(2, 1) | 1);
  });

  test('is given way to without blocking as well, and never reserved there', async () => {
    const { words, lockOf } = bench();
    words[LOCK] = 1;
    words[TURN] = ownerWord(5, 1);
    const waiting = new Script((sleep) => {
      if (sleep === 1) return 'timed-out';
      if (sleep === 4) words[LOCK] = 0;
      return 'timed-out';
    });
    const lock = lockOf(2, { waiting, turnAfterMs: -1 });
    expect(await lock.acquireAsync((acquisition) => acquisition, never)).toBe('waited');
    expect(words[TURN]).toBe(0);
    words[LOCK] = ownerWord(1, 1);
    const reserved = lock.acquireAsync(() => words[TURN], never);
    expect(await reserved).toBe(0);
  });

  test('that nobody has any more delays nobody', () => {
    const { words, lockOf } = bench();
    words[LOCK] = 1;
    const waiting = new Script(timedOut);
    expect(lockOf(2, { waiting }).acquire()).toBe('waited');
    expect(waiting.sleeps).toEqual([]);
  });
});
