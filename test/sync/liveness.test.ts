import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { IDENTITY_LIMIT } from '../../src/sync/liveness.ts';
import { platformLiveness } from '../../src/sync/platform-liveness.ts';
import { ExitLiveness } from '../../src/sync/exit-liveness.ts';
import { LinuxLiveness } from '../../src/sync/linux-liveness.ts';
import { ThreadSlots } from '../../src/sync/thread-slots.ts';
import { Layout } from '../../src/layout/layout.ts';
import { FakeThread, FakeThreads } from '../support/fake-threads.ts';
import { emptyHeapBuffer } from '../support/tables.ts';
import { Thread } from '../support/threads.ts';

test('every thread has an identity that fits a claim', () => {
  const identity = platformLiveness().self();
  expect(Number.isInteger(identity)).toBe(true);
  expect(identity).toBeGreaterThan(0);
  expect(identity).toBeLessThan(IDENTITY_LIMIT);
});

test('the calling thread is alive', () => {
  const liveness = platformLiveness();
  expect(liveness.isAlive(liveness.self())).toBe(true);
});

describe.runIf(process.platform === 'linux')('on Linux', { timeout: 30_000 }, () => {
  test('identities stay the same, and no other is taken for the same thread', () => {
    const liveness = platformLiveness();
    const identity = liveness.self();
    expect(liveness.self()).toBe(identity);
    expect(liveness.isAlive(identity + 2 ** 22)).toBe(false); // the same thread id, started at another time
    expect(liveness.isAlive(2 ** 22 - 1)).toBe(false);
  });

  test('a worker is alive until it has ended, and known to be dead as soon as it has', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const worker = new Thread(heap, 'attachAndStay');
    expect(await worker.told()).toBe('attached');
    const { regions, buffer } = new Layout(heap.buffer);
    const claims = new BigUint64Array(buffer, regions.threadSlots.start * 4);
    const identity = Number(claims[8] & (2n ** 44n - 1n));
    const liveness = platformLiveness();
    expect(liveness.isAlive(identity)).toBe(true);
    await worker.terminate();
    expect(liveness.isAlive(identity)).toBe(false);
    heap.check();
  });
});

test('where nothing is known of threads, identities are random and all are taken for alive', () => {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'unknown' });
  try {
    const liveness = platformLiveness();
    const identities = Array.from({ length: 100 }, () => liveness.self());
    expect(new Set(identities).size).toBe(100);
    expect(identities.every((identity) => identity >= 1 && identity < IDENTITY_LIMIT)).toBe(true);
    expect(liveness.isAlive(identities[0])).toBe(true);
    expect(liveness.isAlive(5)).toBe(true);
  } finally {
    Object.defineProperty(process, 'platform', { value: platform });
  }
});

/** What `/proc` says, path by path; a missing path throws what `otherwise` makes. */
class FakeProc {
  readonly entries: Map<string, string> = new Map();
  otherwise: () => Error = () => errorWith('ENOENT');

  readFileSync(path: string): string {
    const entry = this.entries.get(path);
    if (entry === undefined) throw this.otherwise();
    return entry;
  }

  /** An entry of a thread, by its id, in the state and with the start time given. */
  add(path: string, threadId: number, startTime: number, state: string = 'S'): this {
    const between = Array.from({ length: 18 }, (_, at) => at).join(' ');
    this.entries.set(path, `${threadId} (node) worker) ${state} ${between} ${startTime} 0 0`);
    return this;
  }
}

const errorWith = (code: string) => Object.assign(new Error(code), { code });
const OWN = '/proc/thread-self/stat';
const taskOf = (threadId: number) => `/proc/self/task/${threadId}/stat`;
const START_LIMIT = 2 ** 21;
const identity = (threadId: number, startTime: number) => (startTime % START_LIMIT) * 2 ** 22 + threadId;

const proc = () => new FakeProc().add(OWN, 70, 5000).add(taskOf(71), 71, 5001);

describe('what /proc says', () => {
  test('is the thread id and the start time of whoever asks', () => {
    expect(new LinuxLiveness(proc()).self()).toBe(identity(70, 5000));
  });

  test.each([
    ['the same thread', 71, 5001, true],
    ['another thread with the id of a former one', 71, 4999, false],
    ['no such thread', 72, 5002, false],
  ])('of %s', (_what, threadId, startTime, isAlive) => {
    expect(new LinuxLiveness(proc()).isAlive(identity(threadId, startTime))).toBe(isAlive);
  });

  test.each(['Z', 'X'])('of a thread in state %s is that it is gone', (state) => {
    const files = proc().add(taskOf(71), 71, 5001, state);
    expect(new LinuxLiveness(files).isAlive(identity(71, 5001))).toBe(false);
  });

  test('of a start time that is too large for an identity is told by its low bits', () => {
    const files = new FakeProc().add(OWN, 70, START_LIMIT + 3).add(taskOf(71), 71, 2 * START_LIMIT + 4);
    const liveness = new LinuxLiveness(files);
    expect(liveness.self()).toBe(identity(70, 3));
    expect(liveness.isAlive(identity(71, 4))).toBe(true);
  });
});

describe('where /proc does not answer', () => {
  test.each(['EMFILE', 'ENFILE', 'EACCES', 'ERR_ACCESS_DENIED', 'NotCapable', 'EIO'])(
    'but %s, nobody is taken for dead, and identities are made without it',
    (code) => {
      const files = new FakeProc().add(OWN, 70, 5000);
      files.otherwise = () => errorWith(code);
      expect(new LinuxLiveness(files).isAlive(identity(71, 5001))).toBe(true);
      files.entries.clear();
      const liveness = new LinuxLiveness(files);
      const self = liveness.self();
      expect(self).toBeGreaterThanOrEqual(IDENTITY_LIMIT / 2);
      expect(self).toBeLessThan(IDENTITY_LIMIT);
      expect(liveness.isAlive(self)).toBe(true);
    },
  );

  test('no death is believed as long as the own entry cannot be read', () => {
    const files = new FakeProc();
    const liveness = new LinuxLiveness(files);
    expect(liveness.isAlive(identity(71, 5001))).toBe(true);
    files.add(OWN, 70, 5000);
    expect(liveness.isAlive(identity(71, 5001))).toBe(false);
    files.add(taskOf(71), 71, 6000); // another thread with that id, as long as it can be trusted
    expect(liveness.isAlive(identity(71, 5001))).toBe(false);
    files.entries.delete(OWN);
    expect(liveness.isAlive(identity(71, 5001))).toBe(true);
  });

  test.each([
    '',
    'nonsense',
    '71 (node) S',
    '0 (node) S',
    'x (node) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19',
  ])('but with %j, nothing is known', (stat) => {
    const files = new FakeProc().add(OWN, 70, 5000);
    files.entries.set(taskOf(71), stat);
    expect(new LinuxLiveness(files).isAlive(identity(71, 5001))).toBe(true);
    files.entries.set(OWN, stat);
    expect(new LinuxLiveness(files).self()).toBeGreaterThanOrEqual(IDENTITY_LIMIT / 2);
  });

  test('exits are known: of threads that attached without it, and of no others', () => {
    const files = new FakeProc();
    const liveness = new LinuxLiveness(files);
    const worker = IDENTITY_LIMIT / 2 + 17 * 2 ** 22 + 71; // worker 71
    const byProc = identity(71, 5001); // operating system thread 71
    expect(liveness.isAlive(worker)).toBe(true);
    liveness.noteExit(71);
    expect(liveness.isAlive(worker)).toBe(false);
    expect(liveness.isAlive(byProc)).toBe(true);
    expect(new ExitLiveness().isAlive(worker)).toBe(true);
  });
});

describe('a liveness of the user', () => {
  test('that throws knows nothing: its threads are alive', () => {
    const threads = new FakeThreads();
    const failing = {
      ...threads.start(),
      isAlive: (): boolean => {
        throw new Error('a bug of the user');
      },
    };
    const heap = new MemoryManager(4096, { slabs: false, maxThreads: 2, lockTimeoutMs: 20, liveness: failing });
    const other = new FakeThread(heap, threads);
    other.holdLock();
    other.die();
    expect(() => heap.allocate(16)).toThrow(expect.objectContaining({ code: 'LOCK_TIMEOUT' }));
    other.releaseLock();
    expect(heap.recover().deadThreads).toBe(0);
    expect(heap.stats().threads).toBe(2);
    heap.check();
    heap.detach();
  });

  test.each<unknown>([undefined, null, 0, '', {}])('that answers %j knows nothing', (answer) => {
    const layout = new Layout(emptyHeapBuffer(10));
    const owner = new ThreadSlots(layout, { self: () => 1, isAlive: () => true }).claim();
    const slots = new ThreadSlots(layout, { self: () => 2, isAlive: () => answer as boolean });
    expect(slots.isDead(owner)).toBe(false);
  });

  test('is never asked about the thread that asks', () => {
    const asked: number[] = [];
    const layout = new Layout(emptyHeapBuffer(10));
    const liveness = { self: () => 5, isAlive: (other: number) => asked.push(other) > 0 };
    const slots = new ThreadSlots(layout, liveness);
    const owner = slots.claim();
    const other = new ThreadSlots(layout, { self: () => 6, isAlive: () => true }).claim();
    expect([slots.isDead(owner), slots.isDead(other), slots.releaseDead()]).toEqual([false, false, 0]);
    expect(new Set(asked)).toEqual(new Set([6]));
  });
});
