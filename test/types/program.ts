/** A strict program that uses most of what is published. It is compiled and not run. */
export const PROGRAM = `
import { AllocatorError, MemoryManager, MemoryManagerInterface } from 'threadheap';
import type { AllocatorErrorCode, BlockInfo, FitStrategy, HeapHandle, HeapStats, MemoryManagerOptions } from 'threadheap';
import { heapMap, heapTable } from 'threadheap/inspect';

const fit: FitStrategy = { name: 'mine', choose: (runs, unitCount) => runs.smallestAtLeast(unitCount) };
const options: MemoryManagerOptions = { fit, maxByteLength: 1 << 24, slabs: true };
const heap: MemoryManagerInterface & MemoryManager = new MemoryManager(1 << 20, options);
const address: number | null = heap.allocate(64, { alignment: 64, zeroed: true });
if (address !== null) {
  heap.write(address, new Uint8Array([1, 2, 3]));
  const copy: Uint8Array<ArrayBuffer> = heap.read(address, 3);
  const shared: Float64Array<SharedArrayBuffer> = heap.view(Float64Array, address, 8);
  shared[0] = copy.byteLength;
  heap.deallocate(address);
}
const handle: HeapHandle = heap.handle;
const again = MemoryManager.attach(handle, { fits: [fit] });
const stats: HeapStats = again.stats();
for (const block of again.blocks()) {
  const { size }: BlockInfo = block;
  console.log(size, stats.liveBytes, heapMap(again), heapTable(again));
}
try {
  again.deallocate(0);
} catch (error) {
  const code: AllocatorErrorCode | undefined = error instanceof AllocatorError ? error.code : undefined;
  console.log(code);
}
const pending: Promise<number | null> = again.allocateAsync(8);
void pending.then(() => again.detach());
heap[Symbol.dispose]();
`;
