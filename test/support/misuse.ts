/**
 * Misuse must be refused with the right error and leave everything as it was: this verifies all of that at once.
 */
import { expect } from 'vitest';
import {
  AllocatorError,
  type AllocatorErrorCode,
  type BlockInfo,
  type HeapStats,
  type MemoryManager,
} from '../../src/index.ts';

/** Everything about a heap that a refused call must not change. */
interface Snapshot {
  readonly stats: HeapStats;
  readonly byteLength: number;
  readonly root: number;
  readonly freeRuns: unknown[];
  readonly blocks: BlockInfo[];
  readonly bytes: string[];
}

export function snapshotOf(heap: MemoryManager): Snapshot {
  return {
    stats: heap.stats(),
    byteLength: heap.byteLength,
    root: heap.root,
    freeRuns: [...heap.freeRuns()],
    blocks: [...heap.blocks()],
    bytes: Array.from(heap.blocks(), ({ address, size }) => Buffer.from(heap.read(address, size)).toString('base64')),
  };
}

/** The error that `act` throws; fails if it throws none or another one than the heap's. */
export function errorOf(act: () => unknown): AllocatorError {
  let result: unknown;
  try {
    result = act();
  } catch (error) {
    expect(error).toBeInstanceOf(AllocatorError);
    return error as AllocatorError;
  }
  return expect.fail(`should have thrown, but returned ${String(result)}`);
}

/** Verifies that `act` is refused with this code and message and that the heap is as before. */
export function expectRefused(
  heap: MemoryManager,
  act: () => unknown,
  code: AllocatorErrorCode,
  message: string | RegExp,
): void {
  const before = snapshotOf(heap);
  const error = errorOf(act);
  expect({ code: error.code, name: error.name }).toEqual({ code, name: 'AllocatorError' });
  if (typeof message === 'string') expect(error.message).toBe(message);
  else expect(error.message).toMatch(message);
  heap.check();
  expect(snapshotOf(heap)).toEqual(before);
}

/** The code of the AllocatorError that a call throws; 'none' if it throws nothing. Other errors go on. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof AllocatorError) return error.code;
    throw error;
  }
  return 'none';
}
