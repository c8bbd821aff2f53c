import { describe, expect, test } from 'vitest';
import {
  MemoryManager,
  type AllocatorErrorCode,
  type AttachOptions,
  type MemoryManagerOptions,
} from '../../src/index.ts';
import { errorOf, expectRefused } from '../support/misuse.ts';
import { usedHeap } from '../support/used-heap.ts';

const choose = () => undefined;

describe('the constructor', () => {
  test.each<[string, unknown, string | RegExp]>([
    [
      'an unknown option',
      { maxByteLenght: 1 },
      /^there is no option "maxByteLenght"; known are .*\bmaxByteLength\b.*$/u,
    ],
    ['null for options', null, 'options must be an object, got null'],
    ['a string for options', 'first-fit', 'options must be an object, got "first-fit"'],
    [
      'a limit below the size',
      { maxByteLength: 4095 },
      'option maxByteLength must be a whole number of at least 4096, got 4095',
    ],
    [
      'a limit that is no number',
      { maxByteLength: '8192' },
      'option maxByteLength must be a whole number of at least 4096, got "8192"',
    ],
    [
      'an infinite limit',
      { maxByteLength: Infinity },
      'option maxByteLength must be a whole number of at least 4096, got Infinity',
    ],
    ['no threads', { maxThreads: 0 }, 'option maxThreads must be a whole number from 1 to 1023, got 0'],
    ['too many threads', { maxThreads: 1024 }, 'option maxThreads must be a whole number from 1 to 1023, got 1024'],
    ['a fraction of a thread', { maxThreads: 1.5 }, 'option maxThreads must be a whole number from 1 to 1023, got 1.5'],
    [
      'a negative timeout',
      { lockTimeoutMs: -1 },
      'option lockTimeoutMs must be a whole number from 0 to 2147483647, got -1',
    ],
    [
      'an endless timeout',
      { lockTimeoutMs: Infinity },
      'option lockTimeoutMs must be a whole number from 0 to 2147483647, got Infinity',
    ],
    ['a fit without a name', { fit: { choose } }, 'a fit strategy needs a string `name` and a function `choose`'],
    [
      'a fit without a function',
      { fit: { name: 'x' } },
      'a fit strategy needs a string `name` and a function `choose`',
    ],
    ['null for a fit', { fit: null }, 'a fit strategy needs a string `name` and a function `choose`'],
    ['a fit with an empty name', { fit: { name: '', choose } }, 'the name of a fit must have 1 to 60 bytes, not 0'],
    [
      'a fit with a long name',
      { fit: { name: 'ä'.repeat(31), choose } },
      'the name of a fit must have 1 to 60 bytes, not 62',
    ],
    [
      'a fit with the name of a built-in one',
      { fit: { name: 'best-fit', choose } },
      'the name "best-fit" belongs to a built-in fit; choose another',
    ],
    [
      'a liveness without functions',
      { liveness: { self: () => 1 } },
      'option liveness needs the functions `self` and `isAlive`',
    ],
    ['a liveness that is null', { liveness: null }, 'option liveness needs the functions `self` and `isAlive`'],
    [
      'a liveness without identity',
      { liveness: { self: () => 0, isAlive: () => true } },
      'liveness.self() must return a whole number from 1 to 17592186044415, got 0',
    ],
  ])('refuses %s as BAD_OPTION', (_, options, message) => {
    const error = errorOf(() => new MemoryManager(4096, options as MemoryManagerOptions));
    expect(error.code).toBe('BAD_OPTION' satisfies AllocatorErrorCode);
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  });

  test('accepts a fit whose name has exactly 60 bytes of UTF-8', () => {
    const name = 'ä'.repeat(30);
    using heap = new MemoryManager(4096, { fit: { name, choose: (runs, unitCount) => runs.lowestAtLeast(unitCount) } });
    expect(heap.allocate(1)).not.toBeNull();
    heap.check();
  });
});

describe('attach', () => {
  test.each<[string, unknown, string]>([
    ['an unknown option', { fit: 'first-fit' }, 'there is no option "fit"; known are fits, liveness'],
    [
      'fits that are no array',
      { fits: { name: 'x', choose } },
      'option fits must be an array of strategies, got an object',
    ],
    ['a fit that is none', { fits: [{ name: 'x' }] }, 'a fit strategy needs a string `name` and a function `choose`'],
    ['a liveness that is none', { liveness: {} }, 'option liveness needs the functions `self` and `isAlive`'],
  ])('refuses %s as BAD_OPTION', (_, options, message) => {
    using used = usedHeap();
    const { heap } = used;
    expectRefused(heap, () => MemoryManager.attach(heap.handle, options as AttachOptions), 'BAD_OPTION', message);
  });
});
