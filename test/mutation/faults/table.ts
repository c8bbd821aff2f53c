/** Faults of the block table and of what is derived from it. */
import type { Fault } from '../fault.ts';

const TESTS = ['test/table', 'test/fit', 'test/inspect'];

export const TABLE_FAULTS: readonly Fault[] = [
  {
    does: 'keeps the head of a block that was merged with the free run before it',
    file: 'table/block-table.ts',
    from: '    if (previousLength > 0) this.heads.clear(block);\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'counts a free run too many when a block is taken',
    file: 'table/block-table.ts',
    from: '(prefix > 0 ? 1 : 0) + (restLength > 0 ? 1 : 0) - 1);',
    to: '(prefix > 0 ? 1 : 0) + (restLength > 0 ? 1 : 0));',
    tests: TESTS,
  },
  {
    does: 'never moves the place at which next-fit goes on',
    file: 'table/block-table.ts',
    from: '    this.#words[Guarded.ROVER] = rest < this.unitCount ? rest : 0;\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'forgets the peak',
    file: 'table/block-table.ts',
    from: '    if (used > this.#words[Guarded.PEAK_USED_UNITS]) this.#words[Guarded.PEAK_USED_UNITS] = used;\n',
    to: '',
    tests: [...TESTS, 'test/memory-manager'],
  },
  {
    does: 'keeps the longest run as long as it was when a block grows into it',
    file: 'table/block-table.ts',
    from: '    if (nextLength > 0) this.free.tree.lower(next, nextLength);\n    this.#count(unitCount - length,',
    to: '    this.#count(unitCount - length,',
    tests: TESTS,
  },
  {
    does: 'keeps the last free run on its list when the memory grows',
    file: 'table/block-table.ts',
    from: '    if (last !== added) this.free.list.remove(last);\n    else this.heads.set(added);',
    to: '    if (last === added) this.heads.set(added);',
    tests: TESTS,
  },
  {
    does: 'links a free run in one direction only',
    file: 'table/free-list.ts',
    from: '    else this.#tuples[tupleOf(next - 1) + Tuple.PREVIOUS] = start + 1;\n',
    to: '',
    tests: TESTS,
  },
  {
    does: 'does not look at the summaries above the first',
    file: 'table/head-bitmap.ts',
    from: 'for (let level = 1; level < this.levels.length; level++, index >>>= 5) {',
    to: 'for (let level = 1; level < 2; level++, index >>>= 5) {',
    tests: [...TESTS, 'test/heap', 'test/memory-manager'],
  },
];
