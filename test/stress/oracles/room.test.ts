import { describe, expect, it } from 'vitest';
import { MemoryManager } from '../../../src/index.ts';
import { Room } from '../../../src/stress/oracles/room.ts';

function asked(heap: MemoryManager, answers: (asked: number) => number | null) {
  let times = 0;
  const result = new Room(heap.handle).insist(Room.neededFor(100), () => answers(++times));
  return { result, times };
}

describe('a refusal', () => {
  it('has no excuse when it is repeated for ever though there is room', () => {
    using heap = new MemoryManager(1 << 20);
    expect(asked(heap, () => null)).toEqual({ result: 'no excuse', times: 100 });
  });

  it('is forgotten when there is memory at another try', () => {
    using heap = new MemoryManager(1 << 20);
    expect(asked(heap, (times) => (times < 3 ? null : 4096))).toEqual({ result: 4096, times: 3 });
  });

  it('has an excuse in a full heap, and when the heap becomes full', () => {
    using heap = new MemoryManager(1 << 20, { slabs: false });
    const fill = (): null => {
      heap.allocate((1 << 20) - 1000);
      return null;
    };
    expect(asked(heap, fill)).toEqual({ result: null, times: 1 });
    expect(asked(heap, fill)).toEqual({ result: null, times: 0 });
  });

  it('has no excuse in a full heap that can grow', () => {
    using heap = new MemoryManager(1 << 16, { slabs: false, maxByteLength: 1 << 20 });
    heap.allocate(1 << 16);
    expect(asked(heap, () => null).result).toBe('no excuse');
  });
});
