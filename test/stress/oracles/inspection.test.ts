import { describe, expect, it } from 'vitest';
import { MemoryManager } from '../../../src/index.ts';
import { Guarded } from '../../../src/layout/regions.ts';
import { NO_OWNER } from '../../../src/slab/slab-table.ts';
import { complaintsAfterAll, inspectHeap, isEmptyAndSound } from '../../../src/stress/oracles/inspection.ts';
import { ORACLES } from '../../../src/stress/results/oracles.ts';
import { createSlab, slabHeapOf } from '../../support/slabs.ts';

/** A heap to which nobody is attached, with an empty slab that nobody owns. */
function heapWithOrphan(): SharedArrayBuffer {
  const heap = slabHeapOf(64);
  createSlab(heap, 4, 3, NO_OWNER);
  heap.table.layout.words[Guarded.DIRTY] = 0;
  heap.table.layout.words[Guarded.ORPHANS] = 1;
  return heap.table.layout.buffer;
}

describe('a heap in which nothing is left', () => {
  it('is empty and sound', () => {
    const { handle } = new MemoryManager(1 << 20);
    MemoryManager.attach(handle).detach();
    const inspection = inspectHeap({ handle, allHaveLeft: true });
    expect(complaintsAfterAll(inspection, ORACLES)).toEqual([]);
    expect(isEmptyAndSound(inspection)).toBe(true);
  });

  it('has nothing that stays taken until somebody comes, where all threads have left', () => {
    const [left, others] = [true, false].map((allHaveLeft) =>
      inspectHeap({ handle: { buffer: heapWithOrphan() }, allHaveLeft }),
    );
    expect(complaintsAfterAll(left, ORACLES)).toMatchObject([
      { kind: 'leak', detail: '4096 bytes were still taken, until a thread came to look after them' },
    ]);
    expect(complaintsAfterAll(others, ORACLES)).toEqual([]);
    expect(complaintsAfterAll(left, ['sum', 'check'])).toEqual([]);
  });

  it('has nothing that stays taken after somebody has come, whether all have left or not', () => {
    const buffer = heapWithOrphan();
    new Int32Array(buffer)[Guarded.ORPHANS] = 0;
    expect(complaintsAfterAll(inspectHeap({ handle: { buffer }, allHaveLeft: false }), ['room'])).toMatchObject([
      { kind: 'leak', detail: '4096 bytes were still taken after a thread had come to look after them' },
    ]);
  });

  it('has no block', () => {
    const heap = new MemoryManager(1 << 20);
    heap.allocate(100_000);
    heap.detach();
    const inspection = inspectHeap({ handle: heap.handle, allHaveLeft: false });
    expect(complaintsAfterAll(inspection, ['sum'])).toMatchObject([{ kind: 'leak' }]);
    expect(isEmptyAndSound(inspection)).toBe(false);
  });
});
