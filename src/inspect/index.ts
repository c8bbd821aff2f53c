/**
 * `threadheap/inspect`: what a heap looks like, for a program's own logs and tools. Runs wherever the heap does.
 */
export { fragmentationBySize, type SizeFragmentation } from './fragmentation.ts';
export type { InspectableHeap } from './heap-cells.ts';
export { heapMap, type HeapMapOptions } from './heap-map.ts';
export { fragmentationTable, heapTable } from './heap-table.ts';
