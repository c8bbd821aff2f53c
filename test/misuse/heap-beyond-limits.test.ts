import { expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { SLOT_STEP_BYTES as UNIT_BYTES } from '../../src/layout/regions.ts';
import { UNIT_LIMIT } from '../../src/layout/regions.ts';
import { errorOf } from '../support/misuse.ts';

const GIB = 2 ** 30;

test('a heap beyond the limit of the format is BAD_SIZE naming it', () => {
  for (const size of [UNIT_LIMIT * UNIT_BYTES + 1, 2 ** 53, Number.MAX_VALUE]) {
    const error = errorOf(() => new MemoryManager(size, { slabs: false }));
    expect(error.code).toBe('BAD_SIZE');
    expect(error.message).toBe(
      `a heap of ${size} bytes is larger than the format's limit of ${UNIT_LIMIT * UNIT_BYTES} bytes`,
    );
  }
});

test('a heap that the engine cannot reserve is BAD_SIZE naming what it can', () => {
  const RealBuffer = SharedArrayBuffer;
  const limit = 256 * 1024;
  globalThis.SharedArrayBuffer = class extends RealBuffer {
    constructor(byteLength?: number, options?: { maxByteLength?: number }) {
      if ((options?.maxByteLength ?? byteLength ?? 0) > limit) throw new RangeError('too much for this engine');
      super(byteLength ?? 0, options);
    }
  };
  try {
    const fixed = errorOf(() => new MemoryManager(GIB, { slabs: false }));
    expect(fixed.code).toBe('BAD_SIZE');
    expect(fixed.message).toMatch(
      /^this engine cannot reserve \d+ bytes \(1073741824 for blocks, \d+ for bookkeeping\) in one SharedArrayBuffer; its limit lies at about 262144 bytes$/u,
    );
    const growable = errorOf(() => new MemoryManager(4096, { maxByteLength: GIB, slabs: false }));
    expect(growable.code).toBe('BAD_SIZE');
    expect(growable.message).toMatch(/in one growable SharedArrayBuffer; its limit lies at about 262144 bytes$/u);
  } finally {
    globalThis.SharedArrayBuffer = RealBuffer;
  }
});
