import { assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeKey,
  depends,
  describeKey,
  encodeKey,
  keyOf,
  MAX_BYTES,
  Operation,
} from '../../src/explore/engine/operation.ts';

const operations = constantFrom(...Object.values(Operation));
const addresses = integer({ min: 0, max: MAX_BYTES - 1 });

describe('a key', () => {
  it('survives the schedule string, for every operation and address', () => {
    assert(
      property(operations, addresses, (code, address) => {
        const key = keyOf(code, address);
        expect(decodeKey(encodeKey(key))).toBe(key);
      }),
    );
  });

  it('is shown with its operation and byte address', () => {
    expect(describeKey(keyOf(Operation.COMPARE_EXCHANGE, 68))).toBe('compareExchange@68');
    expect(describeKey(keyOf(Operation.EXIT, 0))).toBe('exit');
  });
});

describe('depends', () => {
  const [load, store] = [keyOf(Operation.LOAD, 8), keyOf(Operation.STORE, 8)];

  it('holds for overlapping bytes of which one operation writes', () => {
    expect(depends(store, 4, true, load, 4)).toBe(true);
    expect(depends(load, 4, false, store, 4)).toBe(true);
    expect(depends(keyOf(Operation.STORE, 4), 8, true, load, 4)).toBe(true);
  });

  it('does not hold for reads, for a write that changed nothing before a read, or for other bytes', () => {
    expect(depends(load, 4, false, load, 4)).toBe(false);
    expect(depends(keyOf(Operation.COMPARE_EXCHANGE, 8), 4, false, load, 4)).toBe(false);
    expect(depends(keyOf(Operation.STORE, 4), 4, true, load, 4)).toBe(false);
  });

  it('holds for growth and deaths, whatever the address', () => {
    expect(depends(keyOf(Operation.GROW, 0), 0, true, load, 4)).toBe(true);
    expect(depends(keyOf(Operation.DIE, 0), 0, true, load, 4)).toBe(true);
  });
});
