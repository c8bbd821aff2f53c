/** A strict program that uses most of what is published. It is compiled and not run. */
export const PROGRAM = `
import { AllocatorError, MemoryManager, MemoryManagerInterface } from 'threadheap';
import type { AllocatorErrorCode, BlockInfo, FitStrategy, HeapHandle, HeapStats, MemoryManagerOptions } from 'threadheap';
import { array, atomic, f64, i32, nested, ref, string, struct, type Ref, type View } from 'threadheap/data';
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

const Point = struct('Point', { x: f64, y: f64 });
const Tree = struct('Tree', {
  label: string,
  hits: atomic(i32),
  pos: array(f64, 3),
  at: nested(Point),
  get left() {
    return ref(Tree);
  },
  get owner() {
    return ref(Person);
  },
});
const Person = struct('Person', {
  name: string,
  get trees() {
    return array(ref(Tree), 2);
  },
});
const tree = Tree.allocate(heap, { label: 'a', hits: 1, pos: [1, 2, 3], at: { x: 1 }, left: null });
tree.left = tree;
const deep: string | undefined = tree.left.left?.owner?.trees.at(1)?.left?.label;
const numbers: Float64Array<SharedArrayBuffer> = tree.pos.toTypedArray();
const hits: number = tree.hits.add(tree.at.x) + numbers.length + (deep?.length ?? 0);
const where: Ref<typeof tree> = tree.address;
const cursor = Tree.at(heap, where + hits).moveTo(where);
while (cursor.follow('left')) console.log(cursor.label);
const x = (point: View<{ x: typeof f64; y: typeof f64 }>): number => point.x;
x(tree.at);
// @ts-expect-error -- a number is no string
tree.label = 1;
// @ts-expect-error -- there is no such field
tree.owner!.nope;
// @ts-expect-error -- there is no such field
Tree.allocate(heap, { labl: 'x' });
Tree.free(tree);
`;
