/** Shared values against the plain ones that they were made of. */
import { deepStrictEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AllocatorError, MemoryManager } from '../../src/index.ts';
import { clone, entries, free, keys, open, share, UnshareableError } from '../../src/data/index.ts';

const HEAP_BYTES = 16 * 2 ** 20;
const newHeap = () => new MemoryManager(HEAP_BYTES);
/** Cases of each property; `CASES=100000` for a long run. */
const numRuns = Number(process.env['CASES'] ?? 500);

/** Whatever can be shared. Keys that are awkward as names of properties come up often. */
const awkwardKey = fc.constantFrom(
  'at',
  'length',
  'constructor',
  '__proto__',
  'toJSON',
  'valueOf',
  '0',
  '10',
  '',
  'a b',
);
const key = fc.oneof(awkwardKey, fc.string({ maxLength: 6 }));
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', 'a\udfff', '\0', '\ufeffbom', 'ž'.repeat(40)),
);
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 0.1, -12.5, 1e21, 2 ** 28, -(2 ** 28) - 1, 5e-324),
  fc.integer({ min: -99_999, max: 99_999 }).map((cents) => cents / 100),
);
const leaf = fc.oneof(
  fc.constantFrom(null, undefined, true, false),
  number,
  text,
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 100 }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('array'),
    tie('numbers'),
    tie('object'),
    tie('wide'),
  ),
  array: fc.array(tie('value'), { maxLength: 6 }),
  numbers: fc.oneof(
    fc.array(number),
    fc.array(fc.integer()),
    fc.array(fc.integer({ min: -128, max: 127 })),
    fc.array(fc.float()),
  ),
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 8 }).map(objectOf),
  wide: fc.array(fc.tuple(fc.string({ maxLength: 3 }), leaf), { minLength: 60, maxLength: 200 }).map(objectOf),
}));

function objectOf(members: [string, unknown][]): object {
  return Object.fromEntries(members);
}

/** The same plain value as seen through property access alone, whatever the way of opening. */
function walked(opened: unknown): unknown {
  if (typeof opened !== 'object' || opened === null || opened instanceof Uint8Array) return opened;
  if (opened instanceof Date) return { date: opened.getTime() }; // invalid ones equal nothing
  if (Symbol.iterator in opened) return Array.from(opened as Iterable<unknown>, walked);
  return Object.fromEntries(entries(opened).map(([name, member]) => [name, walked(member)]));
}

describe('a shared value', () => {
  it.each([{ proxy: false }, { proxy: true }])('reads as the value it was made of, %o', (options) => {
    const heap = newHeap();
    fc.assert(
      fc.property(value, (original) => {
        const ref = share(heap, original);
        const opened = open(heap, ref, options);
        deepStrictEqual(walked(opened), walked(original));
        deepStrictEqual(walked(clone(opened)), walked(original));
        free(heap, ref);
      }),
      { numRuns },
    );
    expect(heap.stats().liveBytes).toBe(0);
    heap.check();
  });

  it.each([{ proxy: false }, { proxy: true }])('is written as JSON as the original is, %o', (options) => {
    const heap = newHeap();
    const json = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(json, (original) => {
        const ref = share(heap, original);
        expect(JSON.stringify(open(heap, ref, options))).toBe(JSON.stringify(original));
        free(heap, ref);
      }),
      { numRuns },
    );
  });

  it('takes no more than one and a half times its JSON, if it has the form of records', () => {
    const heap = newHeap();
    const record = fc.record({
      id: fc.nat(),
      name: fc.string(),
      price: fc.integer({ max: 99_999 }).map((cents) => cents / 100),
      tags: fc.array(fc.string({ maxLength: 12 })),
      nested: fc.record({ on: fc.boolean(), at: fc.double({ noNaN: true }) }),
    });
    fc.assert(
      fc.property(fc.array(record, { minLength: 8 }), (original) => {
        const ref = share(heap, original);
        const byteLength = new TextEncoder().encode(JSON.stringify(original)).length;
        expect(heap.sizeOf(ref)).toBeLessThanOrEqual(1.5 * byteLength);
        free(heap, ref);
      }),
      { numRuns },
    );
  });

  it('keeps what the original shares, once', () => {
    const heap = newHeap();
    const part = { text: 'x'.repeat(10_000) };
    const ref = share(heap, [part, part, part]);
    expect(heap.sizeOf(ref)).toBeLessThan(20_000);
    expect(clone(open(heap, ref))).toStrictEqual([part, part, part]);
  });

  it('may be nested ten thousand levels deep', () => {
    const heap = newHeap();
    let deep: unknown = 'bottom';
    for (let level = 0; level < 10_000; level++) deep = level % 2 === 0 ? [deep] : { deeper: deep };
    let seen = clone(open(heap, share(heap, deep)));
    for (let level = 0; level < 10_000; level++) seen = Object.values(seen as object)[0] as unknown;
    expect(seen).toBe('bottom');
  });
});

describe('an opened object', () => {
  const heap = newHeap();
  const original = { name: 'Ada', born: 1815, tags: ['a', 'b'], at: 1, length: 2, constructor: 3 };
  const opened = open<typeof original>(heap, share(heap, original));

  it('has its keys as properties: destructuring, `in`, `for…in`', () => {
    const { name, born } = opened;
    expect([name, born, opened.at, opened.length, opened.constructor]).toEqual(['Ada', 1815, 1, 2, 3]);
    expect(['name' in opened, 'nothing' in opened]).toEqual([true, false]);
    const seen = [];
    for (const one in opened) seen.push(one);
    expect(seen).toEqual(Object.keys(original));
    expect(keys(opened)).toEqual(Object.keys(original));
  });

  it.each(['name', 'unknown', 'toString'])('refuses an assignment to %s and says what to do', (name) => {
    expect(() => ((opened as Record<string, unknown>)[name] = 1)).toThrow(/cannot assign to ".*".*immutable.*clone/);
    expect(() => ((opened as Record<string, unknown>)[name] = 1)).toThrow(TypeError);
  });

  it('with a key toJSON is written as JSON with it', () => {
    expect(JSON.stringify(open(heap, share(heap, { toJSON: 5, b: 1 })))).toBe('{"toJSON":5,"b":1}');
  });
});

describe('an opened array', () => {
  const heap = newHeap();
  const original = [1, 'two', { three: 3 }, [4, [5]]] as const;
  const opened = open<typeof original>(heap, share(heap, original));

  it('is read by at, index and iteration', () => {
    expect([opened.at(0), opened.at(-4), opened[1], (opened[2] as { three: number }).three, opened.length]).toEqual([
      1,
      1,
      'two',
      3,
      4,
    ]);
    expect([opened.at(4), opened.at(-5), (opened as readonly unknown[])[4]]).toEqual([undefined, undefined, undefined]);
    expect(opened.at(NaN)).toBe(1);
    expect([...opened].length).toBe(4);
  });

  const numbers = [5, 1, 4, 1, 3];
  const shared = open<number[]>(heap, share(heap, numbers));
  it.each<[string, (array: readonly number[]) => unknown]>([
    ['map', (array) => array.map((one, index) => one * index)],
    ['filter', (array) => array.filter((one) => one > 1)],
    ['find', (array) => [array.find((one) => one > 4), array.find((one) => one > 9)]],
    ['findIndex', (array) => [array.findIndex((one) => one === 1), array.findIndex((one) => one > 9)]],
    ['findLast', (array) => array.findLast((one) => one === 1)],
    ['findLastIndex', (array) => array.findLastIndex((one) => one === 1)],
    [
      'some and every',
      (array) => [array.some((one) => one > 4), array.every((one) => one > 0), array.every((one) => one > 1)],
    ],
    ['reduce', (array) => [array.reduce((sum, one) => sum + one), array.reduce((sum, one) => sum + one, 100)]],
    ['reduceRight', (array) => array.reduceRight((sum, one) => `${sum}${one}`, '')],
    ['includes, indexOf, lastIndexOf', (array) => [array.includes(4), array.indexOf(1), array.lastIndexOf(1)]],
    ['join and toString', (array) => [array.join('-'), String(array)]],
    ['slice and concat', (array) => [array.slice(1, -1), array.concat([9])]],
    ['toSorted, toReversed, with', (array) => [array.toSorted((a, b) => a - b), array.toReversed(), array.with(0, 9)]],
    ['entries, keys, values', (array) => [[...array.entries()], [...array.keys()], [...array.values()]]],
    ['flatMap', (array) => array.flatMap((one) => [one, one])],
  ])('has %s as plain arrays have', (_name, use) => expect(use(shared)).toStrictEqual(use(numbers)));

  it('is flattened with the arrays in it', () => {
    const nested = [1, [2, [3, [4]]]];
    const seen = open<unknown[]>(heap, share(heap, nested));
    expect([seen.flat().length, clone(seen.flat(2).at(-1)), seen.flat(9)]).toStrictEqual([3, [4], nested.flat(9)]);
  });

  it.each(['0', '99', 'length', 'name'])('refuses an assignment to %s', (name) => {
    expect(() => ((shared as unknown as Record<string, unknown>)[name] = 1)).toThrow(/immutable/);
  });
});

describe('what cannot be shared', () => {
  const heap = newHeap();
  const cycle: { a: { list: unknown[] } } = { a: { list: [] } };
  cycle.a.list.push(1, cycle.a);
  const self: unknown[] = [];
  self.push(self);
  it.each<[unknown, string]>([
    [() => 1, 'the value is a function'],
    [{ a: [1, { 'b c': Symbol('x') }] }, '.a[1]["b c"] is a symbol'],
    [[new Map()], '[0] is an instance of Map'],
    [{ x: { y: new URL('https://example.com') } }, '.x.y is an instance of URL'],
    [cycle, '.a.list[1] is a reference back to .a, which makes a cycle'],
    [self, '[0] is a reference back to the whole value, which makes a cycle'],
  ])('is named with its path, %#', (bad, message) => {
    const before = heap.stats().liveBytes;
    expect(() => share(heap, bad)).toThrow(UnshareableError);
    expect(() => share(heap, bad)).toThrow(message);
    expect(heap.stats().liveBytes).toBe(before);
  });

  it('finds no room in a full heap, and takes none', () => {
    const small = new MemoryManager(4096);
    expect(() => share(small, 'x'.repeat(10_000))).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
    expect(small.stats().liveBytes).toBe(0);
  });
});

describe('a block', () => {
  it('that holds no value is not opened', () => {
    const heap = newHeap();
    const address = heap.allocate(1000, { zeroed: true })!;
    expect(() => open(heap, address)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }));
    expect(() => free(heap, address)).toThrow(AllocatorError);
    expect(() => open(heap, address + 16)).toThrow(expect.objectContaining({ code: 'INVALID_ADDRESS' }));
  });

  it('that was freed says so to those who still look at it', () => {
    const heap = newHeap();
    const ref = share(heap, { inner: { a: 1 } });
    const opened = open<{ inner: { a: number } }>(heap, ref);
    free(heap, ref);
    expect(() => opened.inner).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }));
    expect(() => open(heap, ref)).toThrow(expect.objectContaining({ code: 'INVALID_ADDRESS' }));
    expect(() => free(heap, ref)).toThrow(AllocatorError);
  });
});

it('a value comes back from an image of its heap', () => {
  using heap = newHeap();
  const original = { list: [1, 'two', { three: 3 }], at: new Date(5) };
  heap.root = share(heap, original);
  using loaded = MemoryManager.load(heap.image());
  expect(clone(open(loaded, loaded.root))).toEqual(original);
});
