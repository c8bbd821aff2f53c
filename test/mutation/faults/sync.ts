/** Faults of the lock, of waiting and of thread slots. */
import type { Fault } from '../fault.ts';

const TESTS = ['test/sync', 'test/slab/orphans.test.ts'];

export const SYNC_FAULTS: readonly Fault[] = [
  {
    does: 'notes orphans only after a thread slot was released',
    file: 'sync/thread-slots.ts',
    from: '    this.#noteOrphans(); // the owner may die after the next line\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'notes orphans only before a thread slot is released',
    file: 'sync/thread-slots.ts',
    from: '    this.#noteOrphans(); // somebody may have looked in vain before it\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'claims the slot of a dead thread without noting its orphans',
    file: 'sync/thread-slots.ts',
    from: '      if (fromDead) this.#noteOrphans();\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'asks about itself whether it is alive',
    file: 'sync/thread-slots.ts',
    from: '    if (identity === this.#self) return true;\n',
    to: '',
    tests: ['test/sync', 'test/misuse'],
  },
  {
    does: 'sleeps ten times as long between two looks',
    file: 'sync/wait.ts',
    from: 'export const SLICE_MS = 10;',
    to: 'export const SLICE_MS = 100;',
    tests: TESTS,
  },
  {
    does: 'never asks an owner that stands still whether it knows that it has the lock',
    file: 'sync/robust-lock.ts',
    from: '    this.parts.owners.ask(seen);\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'keeps the turn when it leaves',
    file: 'sync/robust-lock.ts',
    from: '      if (wait.hasTurn) Atomics.compareExchange(words, turn, own, NOBODY);\n',
    to: '',
    tests: TESTS,
  },
];
