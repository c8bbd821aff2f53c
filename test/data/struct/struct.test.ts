/** Structs in one thread: fields, parts, references, and what is refused. */
import { describe, expect, it } from 'vitest';
import { MemoryManager } from '../../../src/index.ts';
import {
  array,
  atomic,
  bool,
  bytes,
  f32,
  f64,
  i16,
  i32,
  i64,
  i8,
  nested,
  ref,
  string,
  struct,
  structNameAt,
  u16,
  u32,
  u8,
} from '../../../src/data/index.ts';

const Point = struct('Point', { x: f64, y: f64 });
const Node = struct('Node', {
  id: i32,
  hits: atomic(i32),
  name: string,
  pos: array(f64, 3),
  data: bytes,
  place: nested(Point),
  get next() {
    return ref(Node);
  },
});

const newHeap = () => new MemoryManager(2 ** 20);
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe('a struct', () => {
  it('holds what is written to it, and the heap nothing when it is freed', () => {
    const heap = newHeap();
    const node = Node.allocate(heap, { id: 1, name: 'first', pos: [1, 2, 3], data: new Uint8Array([1, 2]) });
    expect(JSON.parse(JSON.stringify({ ...JSON.parse(JSON.stringify(node)), data: [...node.data] }))).toEqual({
      id: 1,
      hits: 0,
      name: 'first',
      pos: [1, 2, 3],
      data: [1, 2],
      place: { x: 0, y: 0 },
      next: null,
    });
    node.name = 'a longer name than before, which takes another block'.repeat(10);
    node.place.x = 2.5;
    node.next = node;
    expect(node.name).toBe('a longer name than before, which takes another block'.repeat(10));
    expect(node.next?.next?.place.x).toBe(2.5);
    Node.free(node);
    expect(heap.stats().liveBytes).toBeLessThanOrEqual(1024); // the descriptions of two structs
    heap.check();
  });

  it('is empty where nothing was given', () => {
    const All = struct('All', {
      i8,
      u8,
      i16,
      u16,
      i32,
      u32,
      f32,
      f64,
      i64,
      bool,
      string,
      bytes,
      long: atomic(i64),
      flags: array(bool, 2),
    });
    const all = All.allocate(newHeap());
    expect(all.bytes).toEqual(new Uint8Array());
    expect([all.i8, all.u8, all.i16, all.u16, all.i32, all.u32, all.f32, all.f64]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect([all.i64, all.bool, all.string, all.long.load(), [...all.flags]]).toEqual([
      0n,
      false,
      '',
      0n,
      [false, false],
    ]);
  });

  it('is found by its address, and named', () => {
    const heap = newHeap();
    const node = Node.allocate(heap, { id: 7 });
    expect(Node.at(heap, node.address).id).toBe(7);
    expect(structNameAt(heap, node.address)).toBe('Node');
    expect(structNameAt(heap, Point.allocate(heap).address)).toBe('Point');
    expect(structNameAt(heap, heap.allocate(16, { zeroed: true })!)).toBeUndefined();
  });

  it('lies where its fields need it, with as few gaps as can be', () => {
    expect(struct('A', { a: u8, b: i32, c: u16 }).byteLength).toBe(4 + 4 + 2 + 1);
    expect(struct('B', { a: u8, b: f64, c: u16 }).byteLength).toBe(16);
    expect(struct('C', { a: f64, b: i32 }).byteLength).toBe(16);
    expect(struct('D', { a: string }).byteLength).toBe(12);
    expect(struct('E', {}).byteLength).toBe(4);
    expect(Point.byteLength).toBe(24);
  });

  it('can be moved over others without making objects', () => {
    const heap = newHeap();
    const last = Node.allocate(heap, { id: 3, name: 'three', pos: [3, 3, 3] });
    const middle = Node.allocate(heap, { id: 2, name: 'two', pos: [2, 2, 2], next: last });
    const first = Node.allocate(heap, { id: 1, name: 'one', pos: [1, 1, 1], next: middle.address });
    const cursor = Node.at(heap, first.address);
    const { pos, hits } = cursor;
    const seen: unknown[] = [];
    do seen.push([cursor.id, cursor.name, pos.at(0), hits.add(1), cursor.place.x]);
    while (cursor.follow('next'));
    expect(seen).toEqual([
      [1, 'one', 1, 0, 0],
      [2, 'two', 2, 0, 0],
      [3, 'three', 3, 0, 0],
    ]);
    expect([first.hits.load(), middle.hits.load(), last.hits.load()]).toEqual([1, 1, 1]);
    expect(cursor.pos).toBe(pos);
    expect(cursor.moveTo(first.address)).toBe(cursor);
    expect(cursor.id).toBe(1);
    expect(() => cursor.follow('id')).toThrow('Node.id: no reference to a Node');
  });

  it('takes with it, when it moves, the parts that were taken from it and what was taken from those', () => {
    const heap = newHeap();
    const Deep = struct('Deep', { hits: atomic(i32), list: array(i32, 2), point: nested(Point) });
    const Holder = struct('Holder', {
      deep: nested(Deep),
      get next() {
        return ref(Holder);
      },
    });
    const second = Holder.allocate(heap, { deep: { hits: 2, list: [2, 2], point: { x: 2 } } });
    const first = Holder.allocate(heap, { deep: { hits: 1, list: [1, 1], point: { x: 1 } }, next: second });
    const cursor = Holder.at(heap, first.address);
    const { deep } = cursor;
    const { hits, list, point } = deep;
    const seen = () => [deep.hits.load(), hits.load(), deep.list.at(1), list.at(1), deep.point.x, point.x];
    expect(seen()).toEqual([1, 1, 1, 1, 1, 1]);
    cursor.follow('next');
    expect(seen()).toEqual([2, 2, 2, 2, 2, 2]);
    point.y = 5;
    expect(second.deep.point.y).toBe(5);
    cursor.moveTo(first.address);
    expect(seen()).toEqual([1, 1, 1, 1, 1, 1]);
    expect(cursor.deep).toBe(deep);
    point.moveTo(Point.allocate(heap, { x: 9 }).address);
    expect([point.x, deep.point.x, point.x]).toEqual([9, 1, 1]);
  });

  it('has arrays that can be read, written and seen as typed arrays', () => {
    const heap = newHeap();
    const Item = struct('Item', { scores: array(u16, 4), tags: array(string, 2), places: array(nested(Point), 2) });
    const item = Item.allocate(heap, { scores: [1, 2, 3, 4], tags: ['a', 'b'], places: [{ x: 1 }, { y: 2 }] });
    item.scores.set(3, 65_535);
    item.tags.set(0, 'changed');
    item.places.at(1).x = 4;
    expect([...item.scores]).toEqual([1, 2, 3, 65_535]);
    expect(item.scores.toTypedArray()).toEqual(new Uint16Array([1, 2, 3, 65_535]));
    item.scores.toTypedArray()[0] = 9;
    expect(item.scores.at(0)).toBe(9);
    expect([...item.tags]).toEqual(['changed', 'b']);
    expect(JSON.stringify(item)).toBe(
      '{"scores":[9,2,3,65535],"tags":["changed","b"],"places":[{"x":1,"y":0},{"x":4,"y":2}]}',
    );
    Item.free(item);
    heap.check();
  });

  it('is JSON with bigints as decimal texts and bytes as arrays, and keeps both when a part is copied', () => {
    const heap = newHeap();
    const Inner = struct('Inner', { long: i64, longs: array(i64, 2), data: bytes, hits: atomic(i64) });
    const Outer = struct('Outer', { inner: nested(Inner) });
    const one = Inner.allocate(heap, { long: 2n ** 60n, longs: [1n, -2n], data: new Uint8Array([3, 4]), hits: 5n });
    const json = '{"long":"1152921504606846976","longs":["1","-2"],"data":[3,4],"hits":"5"}';
    expect(JSON.stringify(one)).toBe(json);
    expect(JSON.stringify(one.longs)).toBe('["1","-2"]');
    const outer = Outer.allocate(heap, { inner: one as never });
    expect(JSON.stringify(outer)).toBe(`{"inner":${json}}`);
  });

  it('has arrays of arrays, of references and of atomic numbers', () => {
    const heap = newHeap();
    const Grid = struct('Grid', {
      rows: array(array(i32, 2), 3),
      counts: array(atomic(u32), 2),
      get neighbours() {
        return array(ref(Grid), 2);
      },
    });
    const grid = Grid.allocate(heap, {
      rows: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    });
    expect(grid.rows.at(2).at(0)).toBe(5);
    grid.counts.at(1).add(-1);
    expect(grid.counts.at(1).load()).toBe(2 ** 32 - 1);
    grid.neighbours.set(0, grid);
    expect(grid.neighbours.at(0)?.rows.at(0).at(1)).toBe(2);
    expect(JSON.parse(JSON.stringify(grid))).toMatchObject({
      neighbours: [grid.address, null],
      counts: [0, 2 ** 32 - 1],
    });
  });

  it('has atomic numbers with the operations of Atomics', () => {
    const Counter = struct('Counter', { a: atomic(i32), b: atomic(u32), c: atomic(i64) });
    const { a, b, c } = Counter.allocate(newHeap(), { a: -5, b: 2 ** 32 - 1, c: -(2n ** 63n) });
    expect([a.load(), b.load(), c.load()]).toEqual([-5, 2 ** 32 - 1, -(2n ** 63n)]);
    expect([a.add(7), b.add(2), c.add(-1n)]).toEqual([-5, 2 ** 32 - 1, -(2n ** 63n)]);
    expect([a.load(), b.load(), c.load()]).toEqual([2, 1, 2n ** 63n - 1n]);
    expect([a.compareExchange(1, 9), a.compareExchange(2, 9), a.exchange(4), a.load()]).toEqual([2, 2, 9, 4]);
    b.store(2 ** 31);
    expect(b.compareExchange(2 ** 31, 3)).toBe(2 ** 31);
    expect([a.wait(0), a.wait(4, 1), c.wait(0n), b.wait(3, 0)]).toEqual([
      'not-equal',
      'timed-out',
      'not-equal',
      'timed-out',
    ]);
    expect([a.notify(), c.notify(1)]).toEqual([0, 0]);
  });

  it('holds text of all kinds', () => {
    const heap = newHeap();
    const node = Node.allocate(heap);
    const texts = [
      '',
      'a',
      '\0',
      'a\0b',
      'ž',
      '🧵',
      '\ud800',
      'a\udfff',
      '\ufeffbom',
      'x'.repeat(100_000),
      '🧵ž'.repeat(10_000),
    ];
    for (const text of [...texts, ...texts.toReversed(), '']) {
      node.name = text;
      expect(node.name).toBe(text);
    }
    Node.free(node);
    heap.check();
  });

  it('survives the growth of its heap, in views that were made before', () => {
    const heap = new MemoryManager(2 ** 16, { maxByteLength: 2 ** 24 });
    const first = Node.allocate(heap, { id: 1, name: 'first' });
    const other = MemoryManager.attach(heap.handle);
    for (let round = 0; round < 20; round++) {
      const node = Node.allocate(other, { id: round, name: 'x'.repeat(100_000), next: first.next });
      first.next = node;
      first.name = 'y'.repeat(100_000 + round);
    }
    expect(first.next?.id).toBe(19);
    expect(first.name.length).toBe(100_019);
    let count = 0;
    const cursor = Node.at(heap, first.address);
    while (cursor.follow('next')) count++;
    expect(count).toBe(20);
  });

  it('is read after its thread has detached, and changed again once it has attached', () => {
    const heap = newHeap();
    const node = Node.allocate(heap, { id: 1, name: 'first' });
    heap.detach();
    node.id = 2;
    expect([node.id, node.name]).toEqual([2, 'first']);
    expect(() => (node.name = 'second')).toThrow(code('DETACHED'));
    expect(() => Node.free(node)).toThrow(code('DETACHED'));
    const again = MemoryManager.attach(heap.handle);
    expect(Node.at(again, node.address).name).toBe('first');
    node.name = 'second';
    expect(node.name).toBe('second');
    Node.free(node);
    again.check();
  });

  it('comes back from an image of its heap', () => {
    const heap = newHeap();
    heap.root = Node.allocate(heap, { id: 5, name: 'kept' }).address;
    const loaded = MemoryManager.load(heap.image());
    expect(Node.at(loaded, loaded.root).name).toBe('kept');
    expect(structNameAt(loaded, loaded.root)).toBe('Node');
  });

  it('lies beyond 4 GiB as well as before', () => {
    const heap = new MemoryManager(9 * 2 ** 30);
    const far = heap.allocate(8.5 * 2 ** 30);
    const Small = struct('Small', { a: i8, b: u8, c: i16, d: u16, e: bool, f: f64, text: string, data: bytes });
    const given = { a: -1, b: 255, c: -2, d: 65_535, e: true, f: 0.5, text: 'far', data: new Uint8Array([1]) };
    const small = Small.allocate(heap, given);
    expect(far).not.toBeNull();
    expect(small.address).toBeGreaterThan(8 * 2 ** 30);
    expect(small).toMatchObject(given);
    small.text = 'far away '.repeat(100);
    expect(small.text).toBe('far away '.repeat(100));
    Small.free(small);
  });
});

describe('refused, with the path of the field, is', () => {
  const heap = newHeap();
  const Numbers = struct('Numbers', {
    i8,
    u8,
    i16,
    u16,
    i32,
    u32,
    f64,
    i64,
    bool,
    string,
    bytes,
    hits: atomic(u32),
    long: atomic(i64),
    pos: array(f32, 2),
    names: array(string, 2),
    place: nested(Point),
    get next() {
      return ref(Numbers);
    },
  });
  const numbers = Numbers.allocate(heap);

  it.each([
    ['i8', 128, RangeError, 'Numbers.i8: 128 is not a whole number from -128 to 127'],
    ['u8', -1, RangeError, 'Numbers.u8: -1 is not a whole number from 0 to 255'],
    ['i16', 32_768, RangeError, 'Numbers.i16: 32768 is not a whole number from -32768 to 32767'],
    ['u16', 65_536, RangeError, 'Numbers.u16: 65536 is not a whole number from 0 to 65535'],
    ['i32', 0.5, RangeError, 'Numbers.i32: 0.5 is not a whole number from -2147483648 to 2147483647'],
    ['u32', NaN, RangeError, 'Numbers.u32: NaN is not a whole number from 0 to 4294967295'],
    ['i32', '1', TypeError, 'Numbers.i32: "1" is not a whole number from -2147483648 to 2147483647'],
    ['f64', null, TypeError, 'Numbers.f64: null is not a number'],
    ['i8', 5n, TypeError, 'Numbers.i8: 5n is not a whole number'],
    ['u8', 5n, TypeError, 'Numbers.u8: 5n is not a whole number'],
    ['i16', 5n, TypeError, 'Numbers.i16: 5n is not a whole number'],
    ['u16', 5n, TypeError, 'Numbers.u16: 5n is not a whole number'],
    ['i32', 5n, TypeError, 'Numbers.i32: 5n is not a whole number'],
    ['u32', Symbol('x'), TypeError, 'Numbers.u32: '],
    ['i64', 2n ** 63n, RangeError, 'Numbers.i64: 9223372036854775808n is not a whole number from'],
    ['i64', 1, TypeError, 'Numbers.i64: 1 is not a whole number from'],
    ['bool', 1, TypeError, 'Numbers.bool: 1 is not a boolean'],
    ['string', 5, TypeError, 'Numbers.string: 5 is not a string'],
    ['bytes', [1], TypeError, 'Numbers.bytes: an array is not a Uint8Array'],
    ['hits', -1, RangeError, 'Numbers.hits: -1 is not a whole number from 0 to 4294967295'],
    ['long', 1, TypeError, 'Numbers.long: a bigint of 64 bits is needed'],
    ['pos', [1], RangeError, 'Numbers.pos: 1 elements for an array of 2'],
    ['pos', 'ab', TypeError, 'Numbers.pos: "ab" is no array of 2 elements'],
    ['pos', [1, 'x'], TypeError, 'Numbers.pos[1]: "x" is not a number'],
    ['names', ['a', 1], TypeError, 'Numbers.names[1]: 1 is not a string'],
    ['place', 1, TypeError, 'Numbers.place: 1 is no object with members of a Point'],
    ['place', { z: 1 }, TypeError, 'Point.z: there is no such field'],
    ['next', 'x', TypeError, 'Numbers.next: "x" is not null, an address or a Numbers of this heap'],
    ['next', undefined, TypeError, 'Numbers.next: undefined is not null, an address or a Numbers of this heap'],
  ])('%s = %o', (field, value, type, message) => {
    const before = JSON.stringify(numbers, (_key, one: unknown) => (typeof one === 'bigint' ? `${one}` : one));
    const set = () => Reflect.set(numbers, field, value);
    expect(set).toThrow(type);
    expect(set).toThrow(message);
    if (field === 'pos' || field === 'names') return; // elements before the one that is refused are written
    expect(JSON.stringify(numbers, (_key, one: unknown) => (typeof one === 'bigint' ? `${one}` : one))).toBe(before);
  });

  it('an index that an array does not have', () => {
    for (const index of [-1, 2, 0.5, NaN, '0']) {
      expect(() => numbers.pos.at(index as number)).toThrow(code('OUT_OF_BOUNDS'));
      expect(() => numbers.pos.set(index as number, 1)).toThrow('Numbers.pos[');
    }
  });

  it('a reference to what is no such struct', () => {
    const point = Point.allocate(heap);
    for (const address of [point.address, 8, -16, 1.5, NaN, 2 ** 40, numbers.address + 16]) {
      expect(() => Reflect.set(numbers, 'next', address)).toThrow(code('TYPE_MISMATCH'));
    }
    expect(() => Reflect.set(numbers, 'next', point)).toThrow(TypeError);
    const elsewhere = Numbers.allocate(newHeap());
    expect(() => (numbers.next = elsewhere)).toThrow('of this heap');
    expect(numbers.next).toBeNull();
  });

  it('an address of another struct, or of none', () => {
    const point = Point.allocate(heap);
    expect(() => Numbers.at(heap, point.address as never)).toThrow(code('TYPE_MISMATCH'));
    expect(() => Numbers.at(heap, numbers.address + 16)).toThrow(code('INVALID_ADDRESS'));
    expect(() => Numbers.at(heap, 0)).toThrow(code('INVALID_ADDRESS'));
    expect(() => numbers.moveTo(point.address as never)).toThrow(code('TYPE_MISMATCH'));
    for (const address of [0, 4, NaN, -16, 2 ** 50])
      expect(() => numbers.moveTo(address)).toThrow(code('TYPE_MISMATCH'));
    const type = new Uint32Array(heap.buffer)[numbers.address / 4];
    const Fake = struct('Fake', { words: array(u32, 4) });
    const fake = Fake.allocate(heap, { words: [type, type, type, type] });
    for (const offset of [4, 8, 12]) {
      expect(() => numbers.moveTo(fake.address + offset)).toThrow(code('TYPE_MISMATCH'));
    }
  });

  it('a second free, and what was freed', () => {
    const one = Numbers.allocate(heap, { string: 'x' });
    const two = Numbers.allocate(heap, { next: one });
    const { address } = one;
    Numbers.free(one);
    expect(() => Numbers.free(one)).toThrow(code('TYPE_MISMATCH'));
    expect(() => two.next).toThrow('Numbers.next: no Numbers lies at');
    expect(() => two.follow('next')).toThrow(code('TYPE_MISMATCH'));
    expect(() => Numbers.at(heap, address)).toThrow(code('INVALID_ADDRESS'));
    expect(() => Point.free(numbers as never)).toThrow('Point.free: an object is no view of a Point');
    expect(() => Point.free(numbers.place)).toThrow(code('TYPE_MISMATCH'));
  });

  it('another struct of the same name', () => {
    struct('Twice', { a: i32 }).allocate(heap);
    const Twice = struct('Twice', { a: u32 });
    expect(() => Twice.allocate(heap)).toThrow(code('TYPE_MISMATCH'));
    expect(() => Twice.allocate(heap)).toThrow('the heap has another struct Twice: ["Twice",["a","i32",4]], here');
    expect(struct('Twice', { a: i32 }).allocate(heap).a).toBe(0);
    heap.check();
  });

  it('a struct that contains itself', () => {
    const Self: ReturnType<typeof struct> = struct('Self', {
      get self() {
        return nested(Self);
      },
    });
    expect(() => Self.allocate(heap)).toThrow('Self contains itself; let it have a ref instead');
    expect(() => Self.allocate(heap)).toThrow('Self contains itself; let it have a ref instead');
  });

  it('what is no field, and names that views have besides', () => {
    expect(() => struct('Bad', { a: 1 }).byteLength).toThrow('Bad.a: 1 is no kind of field');
    expect(() => struct('Bad', { address: i32 })).toThrow('Bad.address: fields have other names');
    expect(() => struct('', {})).toThrow('a struct has a name');
    expect(() => array(i32, 0)).toThrow(RangeError);
    expect(() => atomic(i16 as never)).toThrow(TypeError);
    expect(() => ref(undefined as never)).toThrow('ref takes a struct');
    expect(() => array(array(u8, 3), 2)).not.toThrow();
    expect(() => struct('Odd', { a: array(array(u8, 3), 2) }).allocate(heap)).toThrow('Odd.a: arrays in an array');
  });

  it('too much for the heap, which then holds nothing of it', () => {
    const small = new MemoryManager(2 ** 16);
    Point.allocate(small);
    Node.free(Node.allocate(small));
    const before = small.stats().liveBytes;
    expect(() => Node.allocate(small, { name: 'x', data: new Uint8Array(2 ** 17) })).toThrow(code('OUT_OF_MEMORY'));
    expect(() => Node.allocate(small, { name: 'x', idd: 1 } as never)).toThrow('Node.idd: there is no such field');
    expect(small.stats().liveBytes).toBe(before);
  });
});
