import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MemoryManager, type MemoryManagerOptions } from '../../src/index.ts';
import { FakeThread, FakeThreads } from '../support/fake-threads.ts';

function heldHeap(options: MemoryManagerOptions = {}): { heap: MemoryManager; holder: FakeThread } {
  const threads = new FakeThreads();
  const heap = new MemoryManager(4096, { slabs: false, liveness: threads.start(), ...options });
  return { heap, holder: new FakeThread(heap, threads) };
}

describe('allocateAsync', () => {
  test('gives what allocate gives', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const address = (await heap.allocateAsync(100, { alignment: 256, zeroed: true }))!;
    expect(address % 256).toBe(0);
    expect(heap.read(address, 100).every((byte) => byte === 0)).toBe(true);
    expect(await heap.allocateAsync(5000)).toBeNull();
    expect(await heap.allocateAsync(2 ** 40)).toBeNull();
    heap.check();
  });

  test('resolves once the lock is released, and not before', async () => {
    const { heap, holder } = heldHeap();
    holder.holdLock();
    let isDone = false;
    const pending = heap.allocateAsync(16).then((address) => {
      isDone = true;
      return address;
    });
    while ((holder.lockWord() & 1) === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(isDone).toBe(false);
    expect(holder.lockWord()).toBe(holder.ownerWord | 1);
    holder.releaseLock();
    expect(await pending).not.toBeNull();
    expect(heap.stats()).toMatchObject({ lockWaits: 1, lockSeizures: 0 });
    heap.check();
    heap.detach();
  });

  test('never holds the lock while other code of its thread runs', async () => {
    const { heap, holder } = heldHeap();
    const pending = heap.allocateAsync(16);
    expect(holder.lockWord()).toBe(0);
    const address = heap.allocate(16);
    expect(await pending).not.toBe(address);
    expect(heap.stats().lockSeizures).toBe(0);
    heap.check();
    heap.detach();
  });

  test('serves several who waited, each once, though the thread works on meanwhile', async () => {
    const { heap, holder } = heldHeap();
    holder.holdLock();
    const pending = Array.from({ length: 5 }, async () => heap.allocateAsync(16));
    holder.releaseLock();
    const own = heap.allocate(16);
    const addresses = await Promise.all(pending);
    expect(new Set([own, ...addresses]).size).toBe(6);
    expect(heap.stats().lockSeizures).toBe(0);
    expect([...heap.blocks()]).toHaveLength(6);
    heap.check();
    heap.detach();
  });

  test('rejects with the reason of a signal that is aborted while it waits', async () => {
    const { heap, holder } = heldHeap();
    holder.holdLock();
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const pending = heap.allocateAsync(16, { signal: controller.signal });
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    holder.releaseLock();
    expect([...heap.blocks()]).toEqual([]);
    heap.check();
    heap.detach();
  });

  test('rejects at once when the signal was aborted before', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    const reason = new Error('never wanted it');
    await expect(heap.allocateAsync(16, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect([...heap.blocks()]).toEqual([]);
    heap.check();
  });

  test('is not disturbed by a signal that is never aborted', async () => {
    using heap = new MemoryManager(4096, { slabs: false });
    expect(await heap.allocateAsync(16, { signal: new AbortController().signal })).not.toBeNull();
    heap.check();
  });

  test('rejects with LOCK_TIMEOUT naming the owner when a live one holds the lock too long', async () => {
    const { heap, holder } = heldHeap({ lockTimeoutMs: 20 });
    holder.holdLock();
    await expect(heap.allocateAsync(16)).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      message: expect.stringMatching(/^the lock was held by .+ \(thread slot 1, generation 1\) for more than 20 ms$/u),
    });
    holder.releaseLock();
    expect(await heap.allocateAsync(16)).not.toBeNull();
    heap.check();
    heap.detach();
  });

  test('seizes the lock of an owner that dies while it waits', async () => {
    const { heap, holder } = heldHeap();
    holder.holdLock();
    const pending = heap.allocateAsync(16);
    holder.die();
    expect(await pending).not.toBeNull();
    expect(heap.stats().lockSeizures).toBe(1);
    heap.check();
    heap.detach();
  });

  test('rejects with DETACHED, and takes nothing, when its thread detaches while it waits', async () => {
    const { heap, holder } = heldHeap();
    holder.holdLock();
    const pending = heap.allocateAsync(16);
    heap.detach();
    const rejected = expect(pending).rejects.toMatchObject({ code: 'DETACHED' });
    holder.releaseLock();
    await rejected;
    using again = MemoryManager.attach(heap.handle);
    expect([...again.blocks()]).toEqual([]);
    again.check();
  });

  test('keeps the process alive while it waits', async () => {
    const script = fileURLToPath(new URL('../support/waits-for-lock.ts', import.meta.url));
    const loader = new URL('../../workers/typescript-loader.mjs', import.meta.url).href;
    const child = spawn(process.execPath, ['--import', loader, script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, output }).toEqual({ code: 0, output: 'allocated\n' });
  });
});
