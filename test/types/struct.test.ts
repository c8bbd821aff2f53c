import { expect, expectTypeOf, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import {
  array,
  atomic,
  bool,
  f64,
  i32,
  i64,
  nested,
  ref,
  string,
  struct,
  type AtomicNumber,
  type Field,
  type Ref,
  type StructArray,
  type StructType,
  type View,
} from '../../src/data/index.ts';

// The type checker verifies the types, since it reads the tests too; at run time only values are compared.

const Point = struct('Point', { x: f64, y: f64 });
const Tree = struct('Tree', {
  label: string,
  big: i64,
  hits: atomic(i32),
  total: atomic(i64),
  pos: array(f64, 3),
  flags: array(bool, 2),
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
const show = (one: View<{ x: typeof f64 }>): number => one.x;
/** An annotated one, as `isolatedDeclarations` asks for. */
interface LinkFields {
  id: Field<number>;
  next: Field<View<LinkFields> | null, View<LinkFields> | Ref<View<LinkFields>> | null>;
}
const Link: StructType<LinkFields> = struct('Link', {
  id: i32,
  get next() {
    return ref(Link);
  },
});
const heap = new MemoryManager(2 ** 20);

test('fields have the types of their kinds', () => {
  const tree = Tree.allocate(heap, { label: 'a', hits: 1, total: 2n, pos: [1, 2, 3], at: { x: 1 } });
  expectTypeOf(tree.label).toEqualTypeOf<string>();
  expectTypeOf(tree.big).toEqualTypeOf<bigint>();
  expectTypeOf(tree.hits).toEqualTypeOf<AtomicNumber<number>>();
  expectTypeOf(tree.total).toEqualTypeOf<AtomicNumber<bigint>>();
  expectTypeOf(tree.pos.at(0)).toEqualTypeOf<number>();
  expectTypeOf(tree.pos.toTypedArray()).toEqualTypeOf<Float64Array<SharedArrayBuffer>>();
  expectTypeOf(tree.flags).toEqualTypeOf<StructArray<boolean>>();
  expectTypeOf(tree.at.x).toEqualTypeOf<number>();
  expect(tree.at.x).toBe(1);
});

test('recursive structs are inferred as far as they go', () => {
  const person = Person.allocate(heap, { name: 'Ada' });
  const tree = Tree.allocate(heap, { owner: person, left: null });
  person.trees.set(0, tree.address);
  tree.left = tree;
  expectTypeOf(tree.left.left?.owner?.trees.at(1)?.left?.label).toEqualTypeOf<string | undefined>();
  expectTypeOf(tree.owner?.trees.at(0)?.hits.load()).toEqualTypeOf<number | undefined>();
  expectTypeOf(tree.owner).toExtend<{ name: string } | null>();
  const link = Link.allocate(heap, { id: 1, next: Link.allocate(heap, { id: 2 }).address });
  expectTypeOf(link.next?.next?.id).toEqualTypeOf<number | undefined>();
  expect(link.next?.id).toBe(2);
  expect(tree.left?.left?.owner?.trees.at(0)?.owner?.name).toBe('Ada');
});

test('mistakes are seen', () => {
  const tree = Tree.allocate(heap);
  const mistakes: (() => unknown)[] = [
    // @ts-expect-error -- a number is no string
    () => (tree.label = 1),
    // @ts-expect-error -- there is no such field
    () => tree.left!.nope,
    // @ts-expect-error -- there is no such field
    () => Tree.allocate(heap, { labl: 'x' }),
    // @ts-expect-error -- a person is no tree
    () => Tree.free(Person.allocate(heap)),
    // @ts-expect-error -- a view of a person is no view of a tree
    () => (tree.left = Person.allocate(heap)),
    // @ts-expect-error -- only numbers have typed arrays
    () => tree.flags.toTypedArray(),
    // @ts-expect-error -- there is no such field
    () => tree.follow('right'),
    // @ts-expect-error -- there are no atomic doubles
    () => atomic(f64),
  ];
  for (const mistake of mistakes.slice(2)) expect(mistake).toThrow();
});

test('an address has the type of its struct', () => {
  const tree = Tree.allocate(heap);
  expectTypeOf(tree.address).toExtend<Ref<typeof tree>>();
  expectTypeOf(Tree.at(heap, tree.address as number)).toEqualTypeOf<typeof tree>();
  expect(show(Point.allocate(heap, { x: 3 }))).toBe(3);
});
