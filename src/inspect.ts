/**
 * `threadheap/inspect`: what a heap looks like, for a program's own logs and tools. Runs wherever the heap does.
 */
export { fragmentationBySize, type SizeFragmentation } from './inspect/fragmentation.ts';
export type { InspectableHeap } from './inspect/heap-cells.ts';
export { heapMap, type HeapMapOptions } from './inspect/heap-map.ts';
export { fragmentationTable, heapTable } from './inspect/heap-table.ts';
