import { defineScenario } from '../../../src/explore/index.ts';

type Call = (words: Int32Array<SharedArrayBuffer>, big: BigInt64Array<SharedArrayBuffer>) => unknown;

const seven = { [Symbol.toPrimitive]: (hint: string) => (hint === 'number' ? 7 : 1) };
const one = { valueOf: () => 1, toString: () => '2' };
const three = { valueOf: () => ({}), toString: () => '3' };
const odd = (value: unknown): never => value as never;

/** Calls with arguments that are none of the plain numbers which everybody uses. */
const CALLS: readonly Call[] = [
  (words) => Object.keys(words).map((key) => Atomics.load(words, odd(key))),
  (words) => Atomics.store(words, odd('1'), odd('5')),
  (words) => Atomics.add(words, odd(one), odd(seven)),
  (words) => Atomics.sub(words, odd(three), odd(null)),
  (words) => Atomics.exchange(words, -0, -0),
  (words) => Object.is(Atomics.store(words, 0, -0), 0),
  (words) => Object.is(Atomics.store(words, 0, -0.5), 0),
  (words) => Atomics.store(words, 1, 3.9),
  (words) => Atomics.store(words, 1, Infinity),
  (words) => Atomics.store(words, 1, Number.NaN),
  (words) => Atomics.compareExchange(words, 1, 2 ** 32, -1),
  (words) => Atomics.compareExchange(words, 1, 2 ** 32 - 1, odd(seven)),
  (words) => Atomics.load(words, odd(undefined)),
  (words) => Atomics.load(words, odd(true)),
  (words) => Atomics.load(words, 1.5),
  (words) => Atomics.load(words, -0.9),
  (words) => Atomics.load(words, odd('x')),
  (words) => Atomics.load(words, -1),
  (words) => Atomics.load(words, 64),
  (words) => Atomics.load(words, Infinity),
  (words) => Atomics.load(words, odd(1n)),
  (words) => Atomics.load(words, odd(Symbol.iterator)),
  (words) => Atomics.store(words, 1, odd(1n)),
  (words) => Atomics.store(words, 1, odd(Symbol.iterator)),
  (words) => Atomics.store(words, 1, odd(undefined)),
  (words) => Atomics.wait(words, odd('1'), odd('9'), 0),
  (words) => Atomics.wait(words, 1, odd(undefined), odd('0')),
  (words) => Atomics.wait(words, 1, 2 ** 32, odd(null)),
  (words) => Atomics.wait(words, 1, -0, -5),
  (words) => Atomics.notify(words, odd('1'), odd('0')),
  (words) => Atomics.notify(words, odd(one), Number.NaN),
  (words) => Atomics.notify(words, 0, -0),
  (_, big) => Atomics.store(big, odd('0'), odd('12')),
  (_, big) => Atomics.store(big, 0, odd(true)),
  (_, big) => Atomics.store(big, 0, 2n ** 64n + 5n),
  (_, big) => Atomics.store(big, 0, odd(1)),
  (_, big) => Atomics.store(big, 0, odd(null)),
  (_, big) => Atomics.store(big, 0, odd('no number')),
  (_, big) => Atomics.store(big, 0, odd({ valueOf: () => 3n })),
  (_, big) => Atomics.add(big, 0, odd(seven)),
  (_, big) => Atomics.compareExchange(big, 0, 2n ** 64n + 3n, 4n),
  (_, big) => Atomics.wait(big, 0, 2n ** 64n + 4n, 0),
  (_, big) => Atomics.wait(big, 0, odd(4), 0),
];

/** What each call gives, or the kind of error that it throws, and what it leaves. */
function results(buffer: SharedArrayBuffer): string[] {
  const words = new Int32Array(buffer, 0, 4);
  const big = new BigInt64Array(buffer, 16, 2);
  return CALLS.map((call, at) => `${at}: ${outcomeOf(() => call(words, big))} | ${words.join(' ')} | ${big.join(' ')}`);
}

function outcomeOf(call: () => unknown): string {
  try {
    return String(call());
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

/** The buffer under control must give what any other does. */
export default defineScenario({
  threads: 1,
  bytes: 64,
  thread(_index, buffer) {
    const expected = results(new SharedArrayBuffer(64));
    results(buffer).forEach((result, at) => {
      if (result !== expected[at]) throw new Error(`${result} in place of ${expected[at]}`);
    });
  },
});
