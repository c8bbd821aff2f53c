/** Faults of structs that depend on two changes by others at certain places: the explorer would search for long. */
import type { Fault } from '../fault.ts';

const TESTS = ['test/data/struct/threads.test.ts'];

export const DATA_FAULTS: readonly Fault[] = [
  {
    does: 'frees a text before it raises the version',
    file: 'data/struct/owned.ts',
    from: '  if (before !== 0) Atomics.add(memory.u32, at + 1, 1);',
    to: '  if (before !== 0) { memory.heap.deallocate(before * STEP_BYTES); Atomics.add(memory.u32, at + 1, 1); return 0; }',
    tests: TESTS,
  },
  {
    does: 'takes a text for the same because it lies in the same block',
    file: 'data/struct/owned.ts',
    from: 'if (Atomics.or(memory.u32, at + 1, 0) !== version) continue;',
    to: 'Atomics.or(memory.u32, at + 1, 0); if (version < 0 || Atomics.load(memory.u32, at) !== reference) continue;',
    tests: TESTS,
  },
];
