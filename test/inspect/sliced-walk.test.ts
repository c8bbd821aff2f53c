import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MemoryManager } from '../../src/index.ts';
import { SLICE_STEPS, walkInSlices, type Visitor } from '../../src/inspect/sliced-walk.ts';
import { blocksOf, freeRunsOf, liveBytesOf } from '../../src/inspect/walk.ts';
import type { Membership } from '../../src/heap/membership.ts';
import { SLOT_LIMIT } from '../../src/slab/size-class.ts';
import { isSlab } from '../../src/table/block-map.ts';
import type { LockedTable } from '../../src/table/locked-table.ts';
import { pick, picked, sizes, type Pick } from '../support/property.ts';
import { SlabThreads } from '../support/slabs.ts';

/** What one of two threads does between two slices. */
type Action =
  | { readonly kind: 'allocate'; readonly thread: Pick; readonly size: number }
  | { readonly kind: 'free'; readonly thread: Pick; readonly block: Pick }
  | { readonly kind: 'reallocate'; readonly thread: Pick; readonly block: Pick; readonly size: number }
  | { readonly kind: 'recover'; readonly thread: Pick };

const size = sizes(6000);
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('allocate' as const), thread: pick, size }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('free' as const), thread: pick, block: pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reallocate' as const), thread: pick, block: pick, size }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('recover' as const), thread: pick }) },
);

/** A heap in the hands of two threads, and what lives in it, lived all the time, and lived at any time of a walk. */
class Model implements Disposable {
  readonly live = new Map<number, number>();
  readonly member: Membership;
  readonly #threads: SlabThreads;
  readonly #heaps: MemoryManager[];
  #throughout = new Map<number, number>();
  #ever = new Set<string>();

  constructor(slabs: boolean) {
    this.#threads = new SlabThreads(64 * 1024, { slabs, maxByteLength: 160 * 1024 });
    const { heap, thread } = this.#threads.start();
    this.member = thread.member;
    this.#heaps = [this.#threads.heap, heap];
  }

  apply(action: Action): void {
    const heap = picked(this.#heaps, action.thread);
    if (action.kind === 'recover') heap.recover();
    else if (action.kind === 'allocate') this.#add(heap, heap.allocate(action.size));
    else if (this.live.size > 0) this.#change(heap, picked([...this.live.keys()], action.block), action);
  }

  #change(heap: MemoryManager, address: number, action: Action): void {
    if (action.kind === 'free') {
      this.#died(address);
      heap.deallocate(address);
    } else if (action.kind === 'reallocate') {
      const moved = heap.reallocate(address, action.size);
      if (moved === null || heap.sizeOf(moved) === (moved === address ? this.live.get(address) : 0)) return;
      this.#died(address);
      this.#add(heap, moved);
    }
  }

  #add(heap: MemoryManager, address: number | null): void {
    if (address === null) return;
    const bytes = heap.sizeOf(address);
    this.live.set(address, bytes);
    this.#ever.add(`${address} ${bytes}`);
  }

  #died(address: number): void {
    this.live.delete(address);
    this.#throughout.delete(address);
  }

  /** A walk begins. */
  begin(): void {
    this.#throughout = new Map(this.live);
    this.#ever = new Set(Array.from(this.live, ([address, bytes]) => `${address} ${bytes}`));
  }

  /** Everything that a walk may show was shown as it may be. */
  expectShown(shown: readonly { address: number; size: number }[]): void {
    const addresses = shown.map(({ address }) => address);
    expect(addresses).toEqual([...new Set(addresses)].toSorted((a, b) => a - b));
    expect(shown.filter((block) => !this.#ever.has(`${block.address} ${block.size}`))).toEqual([]);
    const sizesShown = new Map(shown.map((block) => [block.address, block.size]));
    for (const [address, bytes] of this.#throughout) expect(sizesShown.get(address)).toBe(bytes);
  }

  [Symbol.dispose](): void {
    this.#threads[Symbol.dispose]();
  }
}

/** The table of an member; `between` runs after each hold of its lock. */
function interrupted({ locked }: Membership, between: () => void): LockedTable {
  const run: LockedTable['run'] = (operation, ...args) => {
    const result = locked.run(operation, ...args);
    between();
    return result;
  };
  return { table: locked.table, run } as LockedTable;
}

const walks = fc.record({
  before: fc.array(anyAction, { minLength: 5, maxLength: 60 }),
  meanwhile: fc.array(fc.array(anyAction, { maxLength: 3 }), { maxLength: 30 }),
  sliceSteps: fc.integer({ min: 1, max: 40 }),
});

/** Calls `act` with a table whose lock lets others do something at each release, all of `meanwhile` in the end. */
function whileOthersWork(
  model: Model,
  meanwhile: readonly Action[][],
  act: (locked: LockedTable) => void,
  afterEach: () => void = () => undefined,
): void {
  const rest = meanwhile.toReversed();
  model.begin();
  act(
    interrupted(model.member, () => {
      for (const one of rest.pop() ?? []) {
        model.apply(one);
        afterEach();
      }
    }),
  );
}

const UNIT_BYTES = 16;
/** More than the addresses of the model's heap. */
const MOST_BYTES = 2 ** 20;

/** How often each unit of 16 bytes is in one of the runs. */
function unitsIn(runs: Iterable<{ address: number; size: number }>): Uint8Array {
  const units = new Uint8Array(MOST_BYTES / UNIT_BYTES);
  for (const run of runs) {
    const first = run.address / UNIT_BYTES;
    for (let unit = first; unit < first + run.size / UNIT_BYTES; unit++) units[unit]++;
  }
  return units;
}

describe.each([
  ['without slabs', false],
  ['with slabs', true],
])('a walk in slices %s', (_, slabs) => {
  test('shows blocks that live all the time once, and none that never lived, whatever others do', () => {
    fc.assert(
      fc.property(walks, ({ before, meanwhile, sliceSteps }) => {
        using model = new Model(slabs);
        for (const one of before) model.apply(one);
        whileOthersWork(model, meanwhile, (locked) => {
          model.expectShown([...blocksOf(locked, model.member.slabs?.table, sliceSteps)]);
        });
      }),
      { numRuns: 150 },
    );
  });

  test('shows memory that is free all the time once, and none that never was, whatever others do', () => {
    fc.assert(
      fc.property(walks, ({ before, meanwhile, sliceSteps }) => {
        using model = new Model(slabs);
        for (const one of before) model.apply(one);
        const { locked } = model.member;
        const always = unitsIn(freeRunsOf(locked));
        const ever = always.slice();
        const look = (): void => {
          const now = unitsIn(freeRunsOf(locked));
          for (let unit = 0; unit < now.length; unit++) {
            always[unit] &= now[unit];
            ever[unit] |= now[unit];
          }
        };
        whileOthersWork(
          model,
          meanwhile,
          (interrupting) => {
            const shown = unitsIn(freeRunsOf(interrupting, sliceSteps));
            look();
            expect(shown.every((times, unit) => times >= always[unit] && times <= ever[unit])).toBe(true);
          },
          look,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('shows each run as it is at the instant, each unit once, whatever others do', () => {
    fc.assert(
      fc.property(walks, ({ before, meanwhile, sliceSteps }) => {
        using model = new Model(slabs);
        for (const one of before) model.apply(one);
        const { layout, table } = model.member;
        let reached = 0;
        const visitor: Visitor = {
          visit(head, from, end, word) {
            expect(from).toBe(reached);
            reached = end;
            expect({ isHead: table.heads.has(head), word: table.map.at(head) }).toEqual({ isHead: true, word });
            const isBlock = word > 0 && !isSlab(word);
            if (isBlock) expect(model.live.get(layout.addressOf(head))).toBe(layout.bytesOf(end - head));
            return 1;
          },
        };
        whileOthersWork(model, meanwhile, (locked) => walkInSlices(locked, visitor, sliceSteps));
        expect(reached).toBe(table.unitCount);
      }),
      { numRuns: 100 },
    );
  });

  test('is exact when nobody works meanwhile, in slices of any length', () => {
    fc.assert(
      fc.property(walks, ({ before, sliceSteps }) => {
        using model = new Model(slabs);
        for (const one of before) model.apply(one);
        const { locked, slabs: own } = model.member;
        const shown = [...blocksOf(locked, own?.table, sliceSteps)];
        expect(shown.map(({ address, size: bytes }) => [address, bytes])).toEqual(
          [...model.live].toSorted(([a], [b]) => a - b),
        );
        const liveBytes = [...model.live.values()].reduce((sum, bytes) => sum + bytes, 0);
        if (own !== undefined) expect(liveBytesOf(locked, own.table, sliceSteps)).toBe(liveBytes);
        expect([...freeRunsOf(locked, sliceSteps)]).toEqual([...freeRunsOf(locked)]);
      }),
      { numRuns: 100 },
    );
  });
});

test('no hold of the lock takes more steps than a slice has and one slab besides', () => {
  using threads = new SlabThreads(4 * 2 ** 20);
  const { heap, thread } = threads.start();
  while (heap.allocate(16) !== null);
  const { locked } = thread.member;
  let steps = 0;
  let most = 0;
  let slices = 0;
  const { table } = thread.member.slabs!;
  const visitor: Visitor = {
    visit(head, _from, end) {
      const slots = table.slotCount(head, end - head);
      steps += slots;
      return slots;
    },
    rest() {
      most = Math.max(most, steps);
      steps = 0;
      slices++;
    },
  };
  walkInSlices(locked, visitor);
  expect(slices).toBeGreaterThan(30);
  expect(most).toBeLessThan(SLICE_STEPS + SLOT_LIMIT);
});
