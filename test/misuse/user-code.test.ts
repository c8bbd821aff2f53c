/**
 * Code of the user's that the heap runs: what it reads of options and data, a fit, a liveness. Whatever it does to the
 * heap meanwhile is refused or harmless.
 */
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  MemoryManager,
  type AllocateAsyncOptions,
  type AllocateOptions,
  type BlockData,
  type FitStrategy,
  type Liveness,
  type MemoryManagerOptions,
} from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { openMember } from '../../src/memory-manager/members.ts';
import { expectOneFreeRun } from '../support/heap-options.ts';
import { FakeThreads } from '../support/fake-threads.ts';
import { errorOf, snapshotOf } from '../support/misuse.ts';
import { USED_HEAPS, usedHeap } from '../support/used-heap.ts';

const reason = new Error('thrown by a getter');

function getter(name: string, get: () => unknown): never {
  return Object.defineProperty({}, name, { get, enumerable: true }) as never;
}

function thrower(name: string): never {
  return getter(name, () => {
    throw reason;
  });
}

describe.each(USED_HEAPS)('on a heap $title', ({ slabs }) => {
  test.each(['alignment', 'zeroed', 'signal'])('a getter of %s that throws takes nothing', async (name) => {
    const heap = new MemoryManager(65_536, { slabs });
    for (const size of [16, 20_000]) {
      if (name !== 'signal') expect(() => heap.allocate(size, thrower(name))).toThrow(reason);
      await expect(heap.allocateAsync(size, thrower(name))).rejects.toBe(reason);
    }
    heap.recover();
    expectOneFreeRun(heap);
    heap.detach();
  });

  test.each(['alignment', 'zeroed', 'signal'])('a getter of %s that detaches takes nothing', async (name) => {
    const heap = new MemoryManager(65_536, { slabs });
    for (const size of [16, 20_000]) {
      const leaving = MemoryManager.attach(heap.handle);
      leaving.detach();
      heap.detach();
      const attached = MemoryManager.attach(heap.handle);
      const detaching = (): AllocateOptions & AllocateAsyncOptions => getter(name, () => attached.detach());
      if (name === 'signal') attached.detach();
      else expect(errorOf(() => attached.allocate(size, detaching())).code).toBe('DETACHED');
      const again = MemoryManager.attach(heap.handle);
      const detachingAgain: AllocateAsyncOptions = getter(name, () => again.detach());
      await expect(again.allocateAsync(size, detachingAgain)).rejects.toMatchObject({ code: 'DETACHED' });
    }
    using last = MemoryManager.attach(heap.handle);
    last.recover();
    expectOneFreeRun(last);
  });

  test('a signal that detaches while it is asked ends the request with DETACHED', async () => {
    const heap = new MemoryManager(65_536, { slabs });
    for (const calls of [1, 2, 3]) {
      const attached = calls === 1 ? heap : MemoryManager.attach(heap.handle);
      let asked = 0;
      const signal = { throwIfAborted: () => void (++asked === calls && attached.detach()) } as AbortSignal;
      await expect(attached.allocateAsync(20_000, { signal })).rejects.toMatchObject({ code: 'DETACHED' });
    }
    using last = MemoryManager.attach(heap.handle);
    last.recover();
    expectOneFreeRun(last);
  });

  test('a signal that detaches and attaches again while it is asked ends the request with DETACHED', async () => {
    const { handle } = new MemoryManager(65_536, { slabs });
    for (const size of [64, 20_000]) {
      for (const calls of [1, 2, 3]) {
        const leaving = MemoryManager.attach(handle);
        let asked = 0;
        const signal = {
          throwIfAborted() {
            if (++asked !== calls) return;
            while (isAttached(leaving)) leaving.detach();
            MemoryManager.attach(handle);
          },
        } as AbortSignal;
        await expect(leaving.allocateAsync(size, { signal })).rejects.toMatchObject({ code: 'DETACHED' });
        using again = MemoryManager.attach(handle);
        again.recover();
        expectOneFreeRun(again);
      }
    }
  });

  test.each(['buffer', 'byteOffset', 'length'])(
    'long data whose %s is a getter that frees the block writes into no other',
    (name) => {
      using heap = new MemoryManager(65_536, { slabs });
      const address = heap.allocate(600)!;
      const data = new Uint8Array(600).fill(7);
      const { buffer } = data;
      let other = 0;
      const get = (): unknown => {
        if (other === 0) heap.deallocate(address);
        if (other === 0) other = heap.allocate(600)!;
        heap.write(other, new Uint8Array(600));
        return name === 'buffer' ? buffer : name === 'length' ? 600 : 0;
      };
      Object.defineProperty(data, name, { get });
      heap.write(address, data);
      if (other !== 0) expect(heap.read(other, 600)).toEqual(new Uint8Array(600));
      heap.check();
    },
  );

  test.each<[string, (heap: MemoryManager, address: number) => BlockData]>([
    ['whose length grows', () => growingList()],
    [
      'whose iterator gives more',
      () =>
        Object.assign([1, 2], {
          *[Symbol.iterator]() {
            yield* Array(5000).keys();
          },
        }),
    ],
    ['that is a proxy of a typed array', () => new Proxy(Uint8Array.of(1, 2), {})],
    ['that says it is shorter', () => Object.defineProperty(new Uint8Array(5000), 'length', { value: 8 })],
    [
      'of a class that says it is shorter',
      () =>
        new (class extends Uint8Array {
          override get length() {
            return 8;
          }
        })(5000),
    ],
    ['that frees the block while it is read', (heap, address) => getterList(() => heap.deallocate(address))],
    ['that detaches while it is read', (heap) => getterList(() => heap.detach())],
  ])('data %s writes nothing outside the block', (...[, dataOf]) => {
    const used = usedHeap({ slabs });
    const { heap, first, second } = used;
    const others = Array.from({ length: 2 }, () => heap.read(second, 64))[0];
    try {
      heap.write(first, dataOf(heap, first));
    } catch (error) {
      const { code, name } = error as { code?: string; name: string };
      expect(['OUT_OF_BOUNDS', 'INVALID_ADDRESS', 'DETACHED', 'TypeError']).toContain(code ?? name);
    }
    using again = MemoryManager.attach(heap.handle);
    expect(again.read(second, 64)).toEqual(others);
    again.check();
  });
});

function isAttached(heap: MemoryManager): boolean {
  try {
    return heap.byteLength > 0;
  } catch {
    return false;
  }
}

function growingList(): ArrayLike<number> {
  let asked = 0;
  return getter('length', () => asked++ * 500 + 8);
}

function getterList(act: () => void): ArrayLike<number> {
  let acted = false;
  const list = { length: 4, 0: 1, 1: 2, 3: 4 };
  const get = (): number => {
    if (!acted) act();
    acted = true;
    return 3;
  };
  return Object.defineProperty(list, 2, { get });
}

function withoutLength<Data extends BlockData>(data: Data): Data {
  return Object.defineProperty(data, 'byteLength', { value: undefined });
}

test.each<[string, (buffer: SharedArrayBuffer) => BlockData]>([
  ['a Uint8Array', (buffer) => new Uint8Array(buffer)],
  ['a Float64Array', (buffer) => new Float64Array(buffer)],
  ['a DataView', (buffer) => new DataView(buffer)],
  ['the buffer', (buffer) => buffer],
  ['a Float64Array that says no length', (buffer) => withoutLength(new Float64Array(buffer))],
  ['a DataView that says no length', (buffer) => withoutLength(new DataView(buffer))],
  ['the buffer, which says no length,', (buffer) => withoutLength(buffer)],
])('%s over a buffer that another thread makes longer does not leave the block', (_, dataOf) => {
  using used = usedHeap({ slabs: false });
  const { heap, first, second } = used;
  const others = heap.read(second, 64);
  const buffer = new SharedArrayBuffer(64, { maxByteLength: 4096 });
  new Uint8Array(buffer).fill(7);
  const data = dataOf(buffer) as ArrayBufferView;
  const prototype: { set: (...args: Parameters<Uint8Array['set']>) => void } = Uint8Array.prototype;
  const { set } = prototype;
  prototype.set = function growAndSet(this: Uint8Array, ...args) {
    buffer.grow(4096);
    set.apply(this, args);
  };
  try {
    heap.write(first, data);
  } finally {
    prototype.set = set;
  }
  expect(heap.read(second, 64)).toEqual(others);
  if (data.byteLength !== undefined) expect(heap.read(first, 64)).toEqual(new Uint8Array(64).fill(7));
  heap.check();
});

test('a class that lies about its elements is a TypeError', () => {
  using used = usedHeap();
  class Liar extends Float64Array {
    static override get BYTES_PER_ELEMENT(): 8 {
      return 1 as 8;
    }
  }
  const view = () => used.heap.view(Liar, used.first, 64);
  expect(view).toThrow(/^a class that says its elements have 1 bytes made a view of 512 bytes$/u);
});

/** A heap of 64 KiB without slabs, and a way to make a timeout of `vm` cut off its fit. */
function heapWithCuts(): { heap: MemoryManager; cutOff: () => void } {
  const state = { isEndless: false };
  const fit: FitStrategy = {
    name: 'endless',
    choose(runs, unitCount) {
      while (state.isEndless);
      return runs.lowestAtLeast(unitCount);
    },
  };
  const heap = new MemoryManager(65_536, { slabs: false, fit });
  const cutOff = (): void => {
    state.isEndless = true;
    expect(() => runInNewContext('call()', { call: () => heap.allocate(100) }, { timeout: 5 })).toThrow('timed out');
    state.isEndless = false;
  };
  return { heap, cutOff };
}

test('a request that is aborted when a timeout of vm has just cut off a fit is undone all the same', async () => {
  const { heap, cutOff } = heapWithCuts();
  let asked = 0;
  const signal = {
    throwIfAborted() {
      if (++asked < 3) return;
      queueMicrotask(cutOff);
      throw reason;
    },
  } as AbortSignal;
  await expect(heap.allocateAsync(9000, { signal })).rejects.toBe(reason);
  expectOneFreeRun(heap);
  heap.detach();
});

test('a request goes on when a timeout of vm has cut off a fit while it waited', async () => {
  const { heap, cutOff } = heapWithCuts();
  let asked = 0;
  const signal = {
    throwIfAborted() {
      if (++asked === 2) cutOff(); // before the lock is looked at
    },
  } as AbortSignal;
  const address = await heap.allocateAsync(9000, { signal });
  heap.deallocate(address!);
  expectOneFreeRun(heap);
  heap.detach();
});

test.each(['fit', 'maxByteLength', 'slabs', 'maxThreads', 'lockTimeoutMs', 'liveness'])(
  'a getter of %s that throws makes no heap',
  (name) => {
    expect(() => new MemoryManager(4096, thrower(name))).toThrow(reason);
  },
);

test('the options of a heap are read once', () => {
  const reads = new Map<string, number>();
  const options: MemoryManagerOptions = { maxThreads: 3, slabs: false };
  const given = new Proxy(options, {
    get(target, name: keyof MemoryManagerOptions) {
      reads.set(name, (reads.get(name) ?? 0) + 1);
      return target[name];
    },
  });
  using heap = new MemoryManager(4096, given);
  heap.check();
  expect([...reads.values()].every((count) => count === 1)).toBe(true);
});

/** Calls of a heap, which are refused while it calls code of the user's. */
const REFUSED: readonly (readonly [string, (heap: MemoryManager) => unknown])[] = [
  ['allocate', (heap) => heap.allocate(20_000)],
  ['allocate with options', (heap) => heap.allocate(20_000, { zeroed: true })],
  ['reallocate', (heap) => heap.reallocate(heap.root, 30_000)],
  ['deallocate', (heap) => heap.deallocate(heap.root)],
  ['a read that fails', (heap) => heap.read(1, 1)],
  ['a write that fails', (heap) => heap.write(1, [1])],
  ['a view that fails', (heap) => heap.view(Uint8Array, 1, 1)],
  ['sizeOf of what is no block', (heap) => heap.sizeOf(1)],
  ['blocks', (heap) => heap.blocks()],
  ['freeRuns', (heap) => heap.freeRuns()],
  ['check', (heap) => heap.check()],
  ['recover', (heap) => heap.recover()],
  ['detach', (heap) => heap.detach()],
  ['dispose', (heap) => heap[Symbol.dispose]()],
];

/** Calls that do not need the lock: they are safe. */
const SAFE: readonly (readonly [string, (heap: MemoryManager) => unknown])[] = [
  ['a small allocate', (heap) => heap.allocate(64)],
  ['a small deallocate', (heap) => heap.deallocate(heap.allocate(64)!)],
  ['read', (heap) => heap.read(heap.root, 8)],
  ['write', (heap) => heap.write(heap.root, [1, 2])],
  ['sizeOf', (heap) => heap.sizeOf(heap.root)],
  ['root', (heap) => (heap.root = heap.allocate(64)!)],
  ['byteLength', (heap) => heap.byteLength],
  ['attach', (heap) => MemoryManager.attach(heap.handle).detach()],
];

interface Intruder {
  readonly heap: MemoryManager;
  /** Runs `call` from inside the user's code, once; returns what it threw. */
  readonly intrude: (call: () => unknown) => unknown;
}

function intruderInFit(): Intruder {
  let act: (() => void) | undefined;
  const fit: FitStrategy = {
    name: 'intruder',
    choose(runs, unitCount) {
      act?.();
      return runs.lowestAtLeast(unitCount);
    },
  };
  const heap = new MemoryManager(262_144, { fit, slabs: true });
  return {
    heap,
    intrude: intrusion(
      (next) => (act = next),
      () => heap.deallocate(heap.allocate(10_000)!),
    ),
  };
}

function intruderInLiveness(): Intruder {
  let act: (() => void) | undefined;
  const threads = new FakeThreads();
  const own = threads.start();
  const liveness: Liveness = {
    self: () => own.self(),
    isAlive(identity) {
      act?.();
      return own.isAlive(identity);
    },
  };
  const heap = new MemoryManager(262_144, { slabs: true, liveness });
  openMember(new Layout(heap.buffer), { fits: [], liveness: threads.start() }, false); // nobody is asked about himself
  return {
    heap,
    intrude: intrusion(
      (next) => (act = next),
      () => void heap.recover(),
    ),
  };
}

function intrusion(set: (act: (() => void) | undefined) => void, trigger: () => void): Intruder['intrude'] {
  return (call) => {
    let thrown: unknown = 'nothing was run';
    set(() => {
      set(undefined);
      thrown = undefined;
      try {
        call();
      } catch (error) {
        thrown = error;
      }
    });
    trigger();
    return thrown;
  };
}

describe.each([
  ['a fit', intruderInFit],
  ['a liveness', intruderInLiveness],
])('from inside %s', (_, intruderIn) => {
  function prepared(): Intruder {
    const intruder = intruderIn();
    const { heap } = intruder;
    heap.root = heap.allocate(20_000)!;
    for (let count = 0; count < 40; count++) heap.allocate(64);
    return intruder;
  }

  test.each(REFUSED)('%s is REENTRANT, and changes nothing', (...[, call]) => {
    const { heap, intrude } = prepared();
    intrude(() => undefined);
    const { blocks, root, bytes } = snapshotOf(heap);
    expect(intrude(() => call(heap))).toMatchObject({ code: 'REENTRANT' });
    heap.check();
    expect(snapshotOf(heap)).toMatchObject({ blocks, root, bytes });
    expect(heap.stats().lockSeizures).toBe(0);
    heap.detach();
  });

  test.each(SAFE)('%s is safe', (...[, call]) => {
    const { heap, intrude } = prepared();
    expect(intrude(() => call(heap))).toBeUndefined();
    heap.check();
    for (const { address } of heap.blocks()) heap.deallocate(address);
    heap.recover();
    expectOneFreeRun(heap);
    heap.detach();
  });

  test('allocateAsync is rejected with REENTRANT', async () => {
    const { heap, intrude } = prepared();
    let inner: Promise<unknown> | undefined;
    intrude(() => void (inner = heap.allocateAsync(20_000)));
    await expect(inner).rejects.toMatchObject({ code: 'REENTRANT' });
    heap.check();
    heap.detach();
  });

  test('another heap can be used', () => {
    const { heap, intrude } = prepared();
    using other = new MemoryManager(4096, { slabs: false });
    expect(intrude(() => other.check())).toBeUndefined();
    heap.check();
    heap.detach();
  });
});
