/** Code that has its own way with `Error`, which `?way=` names, before threads wait in loops. */
import { defineScenario } from '../../../src/explore/index.ts';

const READY = 0;

const { searchParams } = new URL(import.meta.url);
const way = searchParams.get('way') ?? '';
const fails = searchParams.has('fails');
const asSites = (_error: Error, sites: NodeJS.CallSite[]): unknown => sites;

const refuse = (): never => {
  throw new TypeError('not to be touched');
};

const ways: Record<string, () => void> = {
  'no-frames': () => void (Error.stackTraceLimit = 0),
  'no-limit': () => void Reflect.deleteProperty(Error, 'stackTraceLimit'),
  'own-stacks': () => void (Error.prepareStackTrace = asSites),
  frozen: () => void Object.freeze(Error),
  'frozen-with-own-stacks'() {
    Error.prepareStackTrace = asSites;
    Object.freeze(Error);
  },
  'throwing-accessors'() {
    Object.defineProperty(Error, 'prepareStackTrace', { get: () => undefined, set: refuse, configurable: true });
    Object.defineProperty(Error, 'stackTraceLimit', { get: () => 10, set: refuse, configurable: true });
  },
  'own-capture': () => void (Error.captureStackTrace = () => undefined),
  replaced: () => void (globalThis.Error = class extends Error {} as ErrorConstructor),
};
ways[way]?.();
const before = { ...Object.getOwnPropertyDescriptors(Error) };

export default defineScenario({
  threads: 2,
  bytes: 64,
  thread(index, buffer) {
    const words = new Int32Array(buffer);
    if (index === 1) {
      Atomics.store(words, READY, 1);
      return 0;
    }
    for (let round = 0; round < 10; round++) if (Atomics.load(words, READY) !== 0) return 1;
    while (Atomics.load(words, READY) === 0);
    if (fails) throw new TypeError('too late');
    return 2;
  },
  check(_buffer, { results }) {
    const after = Object.getOwnPropertyDescriptors(Error);
    for (const name of ['stackTraceLimit', 'prepareStackTrace'] as const) {
      if (after[name]?.value !== before[name]?.value || after[name]?.set !== before[name]?.set) {
        throw new Error(`Error.${name} is another`);
      }
    }
    return results[0];
  },
});
