/** Structs against plain objects: whatever is written to both reads alike from both. */
import { deepStrictEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
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
  u16,
  u32,
  u8,
  type View,
} from '../../../src/data/index.ts';
import { FULL } from '../../support/full.ts';

const CASES = FULL ? 100_000 : 300;

const Inner = struct('Inner', { small: i8, text: string, large: f64 });
const members = {
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
  count: atomic(i32),
  inner: nested(Inner),
  shorts: array(i16, 3),
  names: array(string, 2),
  get next() {
    return ref(All);
  },
};
const All = struct('All', members);

const whole = (bits: number, isSigned: boolean) =>
  fc.integer(isSigned ? { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 } : { min: 0, max: 2 ** bits - 1 });
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('', '\0', '\ud800', 'a\udfff', '\ufeff', 'ž'.repeat(400), 'x'.repeat(63), 'x'.repeat(64)),
);
const inner = fc.record({ small: whole(8, true), text, large: fc.double() }, { noNullPrototype: true });
/** Values for each field but `next`. */
const values = {
  i8: whole(8, true),
  u8: whole(8, false),
  i16: whole(16, true),
  u16: whole(16, false),
  i32: whole(32, true),
  u32: whole(32, false),
  f32: fc.float(),
  f64: fc.double(),
  i64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  bool: fc.boolean(),
  string: text,
  bytes: fc.uint8Array({ maxLength: 100 }),
  count: whole(32, true),
  inner,
  shorts: fc.array(whole(16, true), { minLength: 3, maxLength: 3 }),
  names: fc.array(text, { minLength: 2, maxLength: 2 }),
};
const EMPTY = {
  i8: 0,
  u8: 0,
  i16: 0,
  u16: 0,
  i32: 0,
  u32: 0,
  f32: 0,
  f64: 0,
  i64: 0n,
  bool: false,
  string: '',
  bytes: new Uint8Array(),
  count: 0,
  inner: { small: 0, text: '', large: 0 },
  shorts: [0, 0, 0],
  names: ['', ''],
};

type Model = Record<string, unknown> & { next: Model | null };
type Step = readonly [kind: 'set' | 'make' | 'free' | 'link', which: number, change: object];

const change = fc.record(values, { requiredKeys: [], noNullPrototype: true });
const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom('set', 'set', 'make', 'free', 'link'), fc.nat(), change);

/** Everything of a struct, but for what it refers to. */
const seen = ({ next, ...rest }: Model) => ({ ...rest, next: next === null ? null : next['i32'] });
const shown = (view: View<typeof members>) => ({
  ...(JSON.parse(JSON.stringify(Object.fromEntries(PLAIN.map((name) => [name, view[name]])))) as object),
  f32: view.f32,
  f64: view.f64,
  i64: view.i64,
  bytes: view.bytes,
  count: view.count.load(),
  inner: { small: view.inner.small, text: view.inner.text, large: view.inner.large },
  shorts: [...view.shorts],
  names: [...view.names],
  next: view.next?.i32 ?? null,
});
const PLAIN = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'bool', 'string'] as const;

it('read as plain objects to which the same was written', () => {
  const heap = new MemoryManager(2 ** 22);
  All.free(All.allocate(heap));
  const before = heap.stats().liveBytes;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const models: Model[] = [];
      const views: View<typeof members>[] = [];
      for (const [kind, which, given] of steps) {
        const index = which % Math.max(1, views.length);
        if (kind === 'make' || views.length === 0) {
          models.push({ ...structuredClone(EMPTY), ...given, next: null });
          views.push(All.allocate(heap, given));
        } else if (kind === 'free') {
          for (const [at, model] of models.entries()) {
            if (model.next !== models[index]) continue;
            model.next = null;
            views[at].next = null;
          }
          All.free(views[index]);
          models.splice(index, 1);
          views.splice(index, 1);
        } else if (kind === 'link') {
          models[index].next = models[0];
          views[index].next = views[0];
        } else {
          Object.assign(models[index], given);
          Object.assign(views[index], given);
        }
      }
      const cursor = views.length === 0 ? undefined : All.at(heap, views[0].address);
      for (const [index, view] of views.entries()) {
        deepStrictEqual(shown(view), { ...seen(models[index]) });
        deepStrictEqual(shown(cursor!.moveTo(view.address)), { ...seen(models[index]) });
      }
      for (const view of views) All.free(view);
    }),
    { numRuns: CASES },
  );
  expect(heap.stats().liveBytes).toBe(before);
  heap.check();
});
