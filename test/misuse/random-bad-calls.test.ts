import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AllocatorError, type AllocatorErrorCode, type MemoryManager } from '../../src/index.ts';
import { HEAP_SETUPS, isTableOnly, makeHeap, type HeapSetup } from '../support/heap-options.ts';
import { fillWithPattern } from '../support/pattern.ts';
import { pick, picked, sizes, type Pick } from '../support/property.ts';

/** Calls of each kind: so many heaps, so many calls on each. Some happen to be right and are left out. */
const HEAPS = 60;
const CALLS_PER_HEAP = 50;

/** A heap in some state, with what a bad call can aim at. */
interface Target {
  readonly heap: MemoryManager;
  readonly base: number;
  readonly end: number;
  readonly live: { address: number; size: number }[];
  /** Addresses of blocks that were freed, and may have merged or been cut up since. */
  readonly freed: number[];
}

function targetOf(setup: HeapSetup, blockSizes: readonly number[], frees: readonly Pick[]): Target {
  const heap = makeHeap(setup);
  const addresses = blockSizes.map((size) => heap.allocate(size)).filter((address) => address !== null);
  const freed: number[] = [];
  for (const choice of frees) {
    if (addresses.length === 0) break;
    const [address] = addresses.splice(choice % addresses.length, 1);
    heap.deallocate(address);
    freed.push(address);
  }
  for (const address of addresses) fillWithPattern(heap, address, address);
  const live = [...heap.blocks()];
  const base = heap.stats().metadataBytes;
  return { heap, base, end: base + heap.byteLength, live, freed };
}

/** The code that DESIGN §1 gives to an address at which no live block starts, from what lives and nothing else. */
function codeOf(address: unknown, { base, end, live }: Target, freeing: boolean): AllocatorErrorCode | undefined {
  if (typeof address !== 'number' || !Number.isInteger(address)) return 'INVALID_ADDRESS';
  if (address < base || address >= end) return 'INVALID_ADDRESS';
  const holder = live.find((block) => address >= block.address && address < block.address + block.size);
  if (holder !== undefined) return holder.address === address ? undefined : 'INVALID_ADDRESS';
  return freeing && address % 16 === 0 ? 'DOUBLE_FREE' : 'INVALID_ADDRESS';
}

/** The same for an access of some bytes from an address on. */
function accessCodeOf(address: unknown, byteLength: number, target: Target): AllocatorErrorCode | undefined {
  if (typeof address !== 'number') return 'INVALID_ADDRESS';
  const holder = target.live.find((block) => address >= block.address && address < block.address + block.size);
  if (holder === undefined || !Number.isInteger(address)) return 'INVALID_ADDRESS';
  return address + byteLength > holder.address + holder.size ? 'OUT_OF_BOUNDS' : undefined;
}

const NO_SIZES: unknown[] = [
  -1,
  -0.5,
  1.5,
  NaN,
  Infinity,
  -Infinity,
  '8',
  '',
  null,
  undefined,
  8n,
  true,
  {},
  [8],
  Symbol('8'),
];
const NO_ALIGNMENTS: unknown[] = [0, -8, 3, 12, 1.5, NaN, Infinity, 131_072, 2 ** 32, 2 ** 53, '8', null, 8n, {}, true];

type Aim = (target: Target, choice: Pick) => unknown;

const aLiveBlock: Aim = ({ live, base }, choice) => (live.length === 0 ? base : picked(live, choice).address);
const someAddress: Aim = ({ base, end }, choice) => base + (choice % (end - base));

/** Addresses at which no live block starts, mostly; those at which one does are left out when it comes to the call. */
const AIMS: Record<string, Aim> = {
  NaN: () => NaN,
  infinite: (_, choice) => (choice % 2 === 0 ? Infinity : -Infinity),
  negative: (_, choice) => -1 - choice,
  fractional: (target, choice) => (someAddress(target, choice) as number) + 0.5,
  huge: (_, choice) => picked([2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53, Number.MAX_VALUE], choice),
  'a live address plus a multiple of 2³²': (target, choice) =>
    (aLiveBlock(target, choice) as number) + 2 ** 32 * (1 + (choice % 3)),
  'a string': (target, choice) => String(aLiveBlock(target, choice)),
  'null or undefined': (_, choice) => (choice % 2 === 0 ? null : undefined),
  'a bigint': (target, choice) => BigInt(aLiveBlock(target, choice) as number),
  'an object': (target, choice) =>
    picked<unknown>([{}, [], [aLiveBlock(target, choice)], Symbol('x'), true, () => 1], choice),
  'freed already': ({ freed, base }, choice) => (freed.length === 0 ? base : picked(freed, choice)),
  'in free memory': (target, choice) => (someAddress(target, choice) as number) & ~15,
  'inside a block': ({ live, base }, choice) => {
    const block = live.length === 0 ? { address: base, size: 16 } : picked(live, choice);
    return block.address + (choice % block.size);
  },
  misaligned: (target, choice) => (someAddress(target, choice) as number) | 1,
  'past the end': ({ end }, choice) => end + (choice % 2 === 0 ? 0 : choice),
  'before the memory': ({ base }, choice) => base - 1 - (choice % (base - 1)), // 0 is no block, and no mistake to free
};

/** A call with the code that it must give, or `undefined` when it happens to be right. */
interface Call {
  readonly act: () => unknown;
  readonly code: AllocatorErrorCode | undefined;
}

function callAt(target: Target, address: number, method: Pick): Call {
  const { heap } = target;
  const byteLength = method % 40;
  const access = accessCodeOf(address, byteLength, target);
  return picked<Call>(
    [
      { act: () => heap.deallocate(address), code: codeOf(address, target, true) },
      { act: () => heap.reallocate(address, byteLength), code: codeOf(address, target, false) },
      { act: () => heap.sizeOf(address), code: codeOf(address, target, false) },
      { act: () => heap.read(address, byteLength), code: access },
      { act: () => heap.write(address, new Uint8Array(byteLength)), code: access },
      {
        act: () =>
          heap.write(
            address,
            Array.from({ length: byteLength }, () => 0),
          ),
        code: access,
      },
      { act: () => heap.view(Uint8Array, address, byteLength), code: access },
    ],
    method,
  );
}

function callWithBadSize(target: Target, choice: Pick, method: Pick): Call {
  const { heap } = target;
  const address = aLiveBlock(target, choice) as number;
  const size = picked(NO_SIZES, choice) as number;
  const acts: (() => unknown)[] = [
    () => heap.allocate(size),
    () => heap.allocate(size, { zeroed: true, alignment: 32 }),
    () => heap.reallocate(address, size),
    () => heap.read(address, size),
    () => heap.view(Float64Array, address, size),
    () => heap.write(address, [1], size === undefined ? NaN : size),
  ];
  return { act: picked(acts, method), code: 'BAD_SIZE' };
}

function callWithBadAlignment(target: Target, choice: Pick, method: Pick): Call {
  const alignment = picked(NO_ALIGNMENTS, choice) as number;
  return { act: () => target.heap.allocate(method % 100, { alignment }), code: 'BAD_ALIGNMENT' };
}

/** Everything that must not change: where the table places all blocks, its bookkeeping as well, to the last word. */
function bytesThatMustStay({ heap, base }: Target, setup: HeapSetup): Uint8Array {
  return new Uint8Array(heap.buffer, isTableOnly(setup) ? 0 : base);
}

function makeBadCalls(setup: HeapSetup, target: Target, calls: readonly Call[]): number {
  const now = bytesThatMustStay(target, setup);
  const before = now.slice();
  const { liveBytes } = target.heap.stats();
  let made = 0;
  for (const { act, code } of calls) {
    if (code === undefined) continue;
    made++;
    let thrown: unknown;
    try {
      act();
    } catch (error) {
      thrown = error;
    }
    if (!(thrown instanceof AllocatorError)) expect.fail(`${String(act)} should be ${code}, but got ${String(thrown)}`);
    if (thrown.code !== code) expect.fail(`${String(act)} should be ${code}, but is ${thrown.code}: ${thrown.message}`);
    target.heap.check();
    if (Buffer.compare(now, before) !== 0) expect.fail(`${String(act)} changed the heap`);
  }
  expect([...target.heap.blocks()]).toEqual(target.live);
  expect(target.heap.stats().liveBytes).toBe(liveBytes);
  return made;
}

type CallMaker = (target: Target, choice: Pick, method: Pick) => Call;

const KINDS: [string, CallMaker][] = [
  ...Object.entries(AIMS).map<[string, CallMaker]>(([kind, aim]) => [
    `an address that is ${kind}`,
    (target, choice, method) => callAt(target, aim(target, choice) as number, method),
  ]),
  ['a size that is none', callWithBadSize],
  ['an alignment that is none', callWithBadAlignment],
];

describe('at least 1000 random bad calls with', () => {
  test.each(KINDS)('%s give the right code each and change nothing', (_, makeCall) => {
    let made = 0;
    const choices = fc.array(fc.tuple(pick, pick), { minLength: CALLS_PER_HEAP, maxLength: CALLS_PER_HEAP });
    const state = [fc.array(sizes(600), { minLength: 1, maxLength: 25 }), fc.array(pick, { maxLength: 15 })] as const;
    fc.assert(
      fc.property(fc.constantFrom(...HEAP_SETUPS), ...state, choices, (setup, blockSizes, frees, picks) => {
        const target = targetOf(setup, blockSizes, frees);
        const calls = picks.map(([choice, method]) => makeCall(target, choice, method));
        made += makeBadCalls(setup, target, calls);
        target.heap.detach();
      }),
      { numRuns: HEAPS },
    );
    expect(made).toBeGreaterThanOrEqual(1000);
  });
});
