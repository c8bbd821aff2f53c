/**
 * Calls that are wrong, or whose arguments do what arguments do not do. Each gets one of the documented codes, or none,
 * and changes nothing outside the block that it names.
 *
 * With other threads at work a second free may hit a block that lives by then, so none of these frees what is free.
 */
import { AllocatorError, MemoryManager, type AllocateOptions, type BlockData } from '../../src/index.ts';
import type { Xorshift32 } from '../../src/xorshift.ts';
import { isOfFit } from './hands.ts';

const REASON = new Error('thrown by an argument');
const NO_NUMBERS: unknown[] = [
  NaN,
  -1,
  0.5,
  Infinity,
  '16',
  null,
  {},
  [],
  8n,
  true,
  2 ** 53,
  2 ** 32 + 16,
  -0,
  undefined,
];
const CODES: ReadonlySet<string> = new Set([
  'INVALID_ADDRESS',
  'OUT_OF_BOUNDS',
  'BAD_SIZE',
  'BAD_ALIGNMENT',
  'BAD_OPTION',
  'DETACHED',
  'UNSUPPORTED',
]);
const TRICKS = 4;

/** One wild call by who has the block at `address`, of `size` bytes, in hand; its bytes may be others afterwards. */
export function callWildly(heap: MemoryManager, address: number, size: number, random: Xorshift32): void {
  const odd = NO_NUMBERS[random.below(NO_NUMBERS.length)] as number;
  const inside = address + 1 + random.below(Math.max(1, size - 1));
  const beyond = size + 1 + random.below(5000);
  const anywhere = random.below(heap.buffer.byteLength + 1000);
  const trick = random.below(TRICKS);
  const calls: (() => unknown)[] = [
    () => heap.deallocate(inside),
    () => heap.reallocate(inside, 1 + random.below(9000)),
    () => typeof odd === 'number' && heap.deallocate(odd),
    () => heap.deallocate(random.below(1024)),
    () => odd !== 0 && heap.reallocate(odd, 100), // at 0 it allocates
    () => heap.read(anywhere, random.below(100)),
    () => heap.sizeOf(anywhere),
    () => heap.view(Float64Array, anywhere, random.below(20)),
    () => heap.read(address, beyond),
    () => heap.write(address, new Uint8Array(beyond)),
    () => heap.write(address + size - 1, [1, 2]),
    () =>
      heap.write(
        address,
        Array.from({ length: beyond }, () => 7),
      ),
    () => heap.write(odd, [1, 2, 3]),
    () => heap.write(inside, lyingList(heap, random)),
    () => heap.write(address, new Uint8Array(heap.buffer, inside, address + size - inside)),
    () => heap.write(address, new Uint8Array(heap.buffer)),
    () => heap.write(address, new Proxy(new Uint8Array(size), {})),
    () => heap.write(address, oddNumbers(size)),
    () => heap.allocate(noSize(odd)),
    () => heap.allocate(16, trickyOptions(heap, trick)),
    () => heap.allocate(2 ** (31 + random.below(22))),
    () => heap.read(address, noSize(odd)),
    () => heap.reallocate(address, noSize(odd)),
  ];
  try {
    calls[random.below(calls.length)]();
  } catch (error) {
    if (error === REASON || error instanceof TypeError || isOfFit(error)) return;
    if (!(error instanceof AllocatorError) || !CODES.has(error.code)) throw error;
  }
}

/** A size that is none, whatever `odd` is. */
function noSize(odd: unknown): number {
  return (Number.isInteger(odd) && (odd as number) >= 0 ? -2 : odd) as number;
}

/** A list that calls the heap while it is read, becomes longer, or throws. */
function lyingList(heap: MemoryManager, random: Xorshift32): BlockData {
  const what = random.below(4);
  let asked = 0;
  return new Proxy([1, 2, 3, 4] as number[], {
    get(target, name) {
      asked++;
      if (name === 'length') return asked > 1 ? 10_000 : 4;
      if (what === 0) throw REASON;
      if (what === 1) heap.deallocate(heap.allocate(40) ?? -1);
      if (what === 2) heap.recover();
      return Reflect.get(target, name) as unknown;
    },
  });
}

/** Numbers that are objects, of which one throws. */
function oddNumbers(size: number): BlockData {
  const numbers = Array.from({ length: Math.min(size, 8) }, (_, index) => ({ valueOf: () => index }));
  numbers.push({
    valueOf() {
      throw REASON;
    },
  });
  return numbers as unknown as number[];
}

function trickyOptions(heap: MemoryManager, trick: number): AllocateOptions {
  return {
    get alignment(): number {
      if (trick === 0) throw REASON;
      if (trick === 1) heap.recover();
      return trick === 2 ? 48 : 3;
    },
  };
}
