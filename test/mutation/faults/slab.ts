/** Faults of the slabs. */
import type { Fault } from '../fault.ts';

const TESTS = ['test/slab'];

export const SLAB_FAULTS: readonly Fault[] = [
  {
    does: 'does not return the empty slabs that it adopts',
    file: 'slab/slab-supply.ts',
    from: '  for (const slab of adopted) if (slab.isEmpty) returnLocked(table, own, slab);\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'returns a slab without live slots whoever owns it',
    file: 'slab/slab-supply.ts',
    from: '  if (!isThere || slabs.ownerAt(start) !== NO_OWNER) return;\n',
    to: '  if (!isThere) return;\n',
    tests: TESTS,
  },
  {
    does: 'looks for a slab to return where there is none any more',
    file: 'slab/slab-supply.ts',
    from: '  if (!isThere || slabs.ownerAt(start) !== NO_OWNER) return;\n',
    to: '  if (slabs.ownerAt(start) !== NO_OWNER) return;\n',
    tests: TESTS,
  },
  {
    does: 'counts an empty slab as empty after it was taken',
    file: 'slab/own-slabs.ts',
    from: '    if (slab.live === 0) this.emptyUnits -= slab.unitCount;\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'notices one free too late that a slab is worth allocating from',
    file: 'slab/own-slabs.ts',
    from: '    slab.notifyThreshold = slab.reuseThreshold;\n',
    to: '    slab.notifyThreshold = slab.reuseThreshold - 1;\n',
    tests: TESTS,
  },
  {
    does: 'keeps the units of a slab that it dropped',
    file: 'slab/own-slabs.ts',
    from: '    this.ofUnit.fill(NO_INDEX, slab.start, slab.start + slab.unitCount);\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'serves an alignment from slots that are merely large enough',
    file: 'slab/size-class.ts',
    from: 'if (SLOT_BYTES[sizeClass] % alignment === 0) return sizeClass;',
    to: 'if (SLOT_BYTES[sizeClass] >= alignment) return sizeClass;',
    tests: TESTS,
  },
];
