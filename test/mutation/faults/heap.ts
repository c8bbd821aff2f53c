/** Faults of what a thread does with blocks, and of the facade. */
import type { Fault } from '../fault.ts';

const TESTS = ['test/heap', 'test/memory-manager', 'test/slab'];

export const HEAP_FAULTS: readonly Fault[] = [
  {
    does: 'measures a block without a second look under the lock',
    file: 'heap/blocks.ts',
    from: '  return locator.startsAt(address) ? locator.byteLength : locked.run(sizeLocked, locator, address);',
    to: '  if (locator.startsAt(address)) return locator.byteLength;\n  throw badBlockLocked(locked.table, locator, address);',
    tests: [...TESTS, 'test/misuse'],
    survives:
      'where a live block starts the look without the lock is exact; what the second look adds is a report of the state at one instant',
  },
  {
    does: 'copies what lies beyond 4 GiB from the wrong place',
    file: 'heap/block-bytes.ts',
    from: 'this.view(to + done, part).set(this.view(from + done, part));',
    to: 'this.view(to + done, part).set(this.view(from, part));',
    tests: ['test/heap'],
  },
  {
    does: 'clears what lies beyond 4 GiB at the wrong place',
    file: 'heap/block-bytes.ts',
    from: 'this.view(start, Math.min(this.#windowLimit, end - start)).fill(0);',
    to: 'this.view(address, Math.min(this.#windowLimit, end - start)).fill(0);',
    tests: ['test/heap'],
  },
  {
    does: 'keeps the old block when it moves',
    file: 'heap/blocks.ts',
    from: 'const isOurs = kind === Kind.SLOT ? freeSlot(member, address, slab, state) : freeBlock(member, address, oldSize);',
    to: 'const isOurs = kind === Kind.SLOT || freeBlock(member, address, oldSize);',
    tests: TESTS,
  },
  {
    does: 'keeps the new block when the old one turns out to be gone',
    file: 'heap/blocks.ts',
    from: '      deallocate(member, there);\n      throw error;',
    to: '    throw error;',
    tests: [...TESTS, 'test/misuse'],
  },
  {
    does: 'grows by no more than is missing',
    file: 'heap/growth.ts',
    from: 'Math.max(2 * unitCount, tail + desired)',
    to: 'tail + desired',
    tests: TESTS,
  },
  {
    does: 'throws where the engine has no more memory',
    file: 'heap/growth.ts',
    from: '    if (error instanceof RangeError) return false;\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'forgets alignments beyond a unit',
    file: 'memory-manager/request.ts',
    from: 'alignment: Math.max(1, alignment / layout.unitBytes) };',
    to: 'alignment: 1 };',
    tests: [...TESTS, 'test/misuse'],
  },
  {
    does: 'keeps what a cancelled request had taken',
    file: 'heap/errands.ts',
    from: '    errand.address = NO_ADDRESS;\n    if (address !== NO_ADDRESS) deallocate(this.#member, address);',
    to: '    errand.address = NO_ADDRESS;',
    tests: TESTS,
  },
];
