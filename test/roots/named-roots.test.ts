import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { Root } from '../../src/layout/regions.ts';
import { codeOf } from '../support/misuse.ts';

describe.each([{ slabs: true }, { slabs: false }])('named roots, %o', (options) => {
  const make = (byteLength = 256 * 1024) => new MemoryManager(byteLength, options);

  test('a name is found by every manager of the heap until it is deleted', () => {
    using heap = make();
    const address = heap.allocate(100)!;
    expect(heap.roots.get('config')).toBe(0);
    heap.roots.set('config', address);
    expect(heap.roots.get('config')).toBe(address);
    expect(heap.roots.entries()).toEqual([['config', address]]);
    expect(heap.roots.delete('config')).toBe(true);
    expect(heap.roots.delete('config')).toBe(false);
    expect(heap.roots.get('config')).toBe(0);
    expect(heap.roots.entries()).toEqual([]);
    heap.check();
  });

  test('setting 0 deletes; compareExchange adds, changes and deletes only what is as expected', () => {
    using heap = make();
    const [a, b] = [heap.allocate(16)!, heap.allocate(16)!];
    expect(heap.roots.compareExchange('x', a, b)).toBe(false);
    expect(heap.roots.compareExchange('x', 0, a)).toBe(true);
    expect(heap.roots.compareExchange('x', 0, b)).toBe(false);
    expect(heap.roots.compareExchange('x', a, b)).toBe(true);
    expect(heap.roots.compareExchange('x', b, 0)).toBe(true);
    expect(heap.roots.get('x')).toBe(0);
    heap.roots.set('x', a);
    heap.roots.set('x', 0);
    expect(heap.roots.entries()).toEqual([]);
  });

  test('getOrInsertComputed makes a block once', () => {
    using heap = make();
    let calls = 0;
    const compute = () => {
      calls++;
      return heap.allocate(64);
    };
    const address = heap.roots.getOrInsertComputed('cache', compute);
    expect(heap.roots.getOrInsertComputed('cache', compute)).toBe(address);
    expect(calls).toBe(1);
  });

  test('the block that comes too late is freed, by deallocate or as told', () => {
    using heap = make();
    const winner = heap.allocate(16)!;
    let loser = 0;
    const late = () => {
      if (heap.roots.get('meet') === 0) heap.roots.set('meet', winner);
      loser = heap.allocate(16)!;
      return loser;
    };
    expect(heap.roots.getOrInsertComputed('meet', late)).toBe(winner);
    expect(codeOf(() => heap.deallocate(loser))).toBe('DOUBLE_FREE');
    heap.roots.delete('meet');
    const freed: number[] = [];
    expect(heap.roots.getOrInsertComputed('meet', late, (address) => freed.push(address))).toBe(winner);
    expect(freed).toEqual([loser]);
  });

  test('what make throws or returns wrongly leaves no name and no block', () => {
    using heap = make();
    expect(() => heap.roots.getOrInsertComputed('x', () => expect.fail('made'))).toThrow('made');
    expect(codeOf(() => heap.roots.getOrInsertComputed('x', () => 0))).toBe('INVALID_ADDRESS');
    expect(codeOf(() => heap.roots.getOrInsertComputed('x', () => null))).toBe('OUT_OF_MEMORY');
    expect(codeOf(() => heap.roots.getOrInsertComputed('x', () => 8))).toBe('INVALID_ADDRESS');
    expect(heap.roots.entries()).toEqual([]);
  });

  test('a name is any string of up to 1,024 code units, and an address lies in the heap', () => {
    using heap = make();
    const address = heap.allocate(16)!;
    const names = ['', '\0', '\ud800', 'ü', '日本', '__proto__', 'a'.repeat(1024), 'a'.repeat(1023)];
    for (const name of names) heap.roots.set(name, address);
    for (const name of names) expect(heap.roots.get(name)).toBe(address);
    expect(
      heap.roots
        .entries()
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(names.toSorted());
    for (const name of ['a'.repeat(1025), 7, undefined, null, {}]) {
      expect(codeOf(() => heap.roots.get(name as string))).toBe('BAD_OPTION');
      expect(codeOf(() => heap.roots.set(name as string, address))).toBe('BAD_OPTION');
    }
    for (const wrong of [-1, 1.5, NaN, 8, 2 ** 40]) {
      expect(codeOf(() => heap.roots.set('x', wrong))).toBe('INVALID_ADDRESS');
    }
  });

  test('a heap without room says so, and keeps what it has', () => {
    using heap = make(16 * 1024);
    const address = heap.allocate(16)!;
    const names: string[] = [];
    const fill = () => {
      for (;;) {
        const name = `root ${names.length}`;
        heap.roots.set(name, address);
        names.push(name);
      }
    };
    expect(codeOf(fill)).toBe('OUT_OF_MEMORY');
    expect(names.length).toBeGreaterThan(32);
    expect(
      heap.roots
        .entries()
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(names.toSorted());
    heap.check();
  });

  test('names that come and go do not take more and more memory', () => {
    using heap = make();
    const address = heap.allocate(16)!;
    for (let round = 0; round < 20_000; round++) {
      heap.roots.set(`${round}`.repeat(1 + (round % 5)), address);
      if (round >= 8) heap.roots.delete(`${round - 8}`.repeat(1 + ((round - 8) % 5)));
    }
    expect(heap.stats().usedBytes).toBeLessThan(12 * 1024);
  });

  test.each([20, 36, 300, 1000])('one name of up to %i code units at a time takes one chunk, ever after', (longest) => {
    using heap = make();
    const address = heap.allocate(16)!;
    let most = 0;
    for (let round = 0; round < 20_000; round++) {
      const name = `${round}`.padEnd(8 + ((round * 7919) % (longest - 8)), '.');
      heap.roots.set(name, address);
      expect(heap.roots.delete(name)).toBe(true);
      if (round === 100) most = heap.stats().usedBytes;
    }
    expect(heap.stats().usedBytes).toBe(most);
    heap.check();
  });

  test('an image has them', () => {
    using heap = make();
    const address = heap.allocate(16)!;
    for (let index = 0; index < 50; index++) heap.roots.set(`root ${index}`, address);
    using loaded = MemoryManager.load(heap.image());
    expect(new Map(loaded.roots.entries())).toEqual(new Map(heap.roots.entries()));
    loaded.roots.set('more', address);
    expect(heap.roots.get('more')).toBe(0);
  });

  test('after detach they refuse, also for who kept them', () => {
    const heap = make();
    const { roots } = heap;
    heap.detach();
    for (const call of [() => heap.roots, () => roots.get('x'), () => roots.entries(), () => roots.set('x', 0)]) {
      expect(codeOf(call)).toBe('DETACHED');
    }
    using again = MemoryManager.attach(heap.handle);
    expect(codeOf(() => roots.get('x'))).toBe('DETACHED');
    expect(again.roots.get('x')).toBe(0);
  });

  test('agree with a Map, whatever is done', () => {
    const name = fc.oneof(fc.constantFrom('a', 'b', 'c', 'dd'), fc.string({ maxLength: 40 }));
    const step = fc.record({ name, kind: fc.nat(4), other: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        using heap = make(64 * 1024);
        const blocks = [0, heap.allocate(16)!, heap.allocate(16)!, heap.allocate(16)!];
        const model = new Map<string, number>();
        const put = (key: string, address: number) =>
          void (address === 0 ? model.delete(key) : model.set(key, address));
        for (const { name: key, kind, other } of steps) {
          const before = model.get(key) ?? 0;
          const address = blocks[other];
          if (kind === 0) expect(heap.roots.get(key)).toBe(before);
          else if (kind === 1) expect(heap.roots.delete(key)).toBe(model.delete(key));
          else if (kind === 2) {
            expect(heap.roots.compareExchange(key, blocks[1], address)).toBe(before === blocks[1]);
            if (before === blocks[1]) put(key, address);
          } else {
            heap.roots.set(key, address);
            put(key, address);
          }
        }
        expect(new Map(heap.roots.entries())).toEqual(model);
      }),
    );
  });
});

test('a header that leads elsewhere is CORRUPTED, not a crash', () => {
  using heap = new MemoryManager(64 * 1024);
  const address = heap.allocate(4096)!;
  heap.write(address, new Uint8Array(4096).fill(0xff));
  const named = new BigInt64Array(heap.buffer, Root.NAMED * 4, 1);
  for (const wrong of [address, address + 8, 16, 2 ** 50]) {
    named[0] = BigInt(wrong);
    expect(codeOf(() => heap.roots.get('x'))).toBe('CORRUPTED');
  }
});
