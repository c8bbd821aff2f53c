/**
 * The entry of a worker thread that attaches, begins allocations that do not block, and leaves at any moment. Blocks
 * that it gets it exchanges at shared places for those of others, which it frees. A mark for each block that is handed
 * out shows at once whether an address was handed out twice.
 */
import assert from 'node:assert/strict';
import { workerData } from 'node:worker_threads';
import { AllocatorError, MemoryManager, type HeapHandle } from '../../src/index.ts';

export interface LeaveInFlightInput {
  readonly handle: HeapHandle;
  /** One bit for each 16 bytes of the heap: a block that starts there is in somebody's hands. */
  readonly marks: Int32Array<SharedArrayBuffer>;
  readonly places: BigUint64Array<SharedArrayBuffer>;
  readonly seed: number;
  readonly rounds: number;
}

const SIZES = [16, 48, 64, 200, 512, 1500, 3000, 9000, 20_000];

const { handle, marks, places, seed, rounds } = workerData as LeaveInFlightInput;
let state = seed | 1;

function random(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

function mark(heap: MemoryManager, address: number, isHandedOut: boolean): void {
  const granule = (address - heap.stats().metadataBytes) / 16;
  const bit = 1 << (granule & 31);
  const before = isHandedOut ? Atomics.or(marks, granule >>> 5, bit) : Atomics.and(marks, granule >>> 5, ~bit);
  assert.equal((before & bit) !== 0, !isHandedOut, `block ${address} was handed out twice`);
}

function free(heap: MemoryManager, address: number): void {
  mark(heap, address, false);
  heap.deallocate(address);
}

/** Puts a block into a shared place and frees what was there. */
function exchange(heap: MemoryManager, address: number): void {
  const before = Number(Atomics.exchange(places, random(places.length), BigInt(address)));
  if (before !== 0) free(heap, before);
}

async function request(heap: MemoryManager, signal: AbortSignal | undefined): Promise<void> {
  const zeroed = random(4) === 0;
  const options = signal === undefined ? { zeroed } : { zeroed, signal };
  try {
    const address = await heap.allocateAsync(SIZES[random(SIZES.length)], options);
    if (address === null) return;
    using again = MemoryManager.attach(handle);
    mark(again, address, true);
    exchange(again, address);
  } catch (error) {
    if (error === 'aborted' || (error instanceof AllocatorError && error.code === 'DETACHED')) return;
    throw error;
  }
}

function workWithoutWaiting(heap: MemoryManager): void {
  for (let turn = random(6); turn > 0; turn--) {
    const address = heap.allocate(SIZES[random(SIZES.length)]);
    if (address === null) continue;
    mark(heap, address, true);
    exchange(heap, address);
  }
}

for (let round = 0; round < rounds; round++) {
  const heap = MemoryManager.attach(handle);
  const controller = random(3) === 0 ? new AbortController() : undefined;
  const pending = Array.from({ length: 1 + random(4) }, async () => request(heap, controller?.signal));
  workWithoutWaiting(heap);
  for (let turn = random(5); turn > 0; turn--) await Promise.resolve();
  if (random(2) === 0) controller?.abort('aborted');
  if (random(8) === 0) await new Promise((resolve) => setImmediate(resolve));
  heap.detach();
  if (random(3) === 0) await Promise.all(pending);
}
