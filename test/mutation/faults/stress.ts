/** Faults of the judges: what watches the heap is watched as well. */
import type { Fault } from '../fault.ts';

const TESTS = ['test/stress/oracles'];

export const STRESS_TOOL_FAULTS: readonly Fault[] = [
  {
    does: 'does not look who starts in the cells that a block reaches',
    file: 'stress/oracles/shadow-map.ts',
    from: '      const within = starts === 0 ? NOBODY : this.#ifBelow(cell * CELL + lowestBit(starts), end);\n',
    to: '      const within = NOBODY;\n',
    tests: TESTS,
  },
  {
    does: 'does not look who reaches into the cell where a block starts',
    file: 'stress/oracles/shadow-map.ts',
    from: 'const before = below === 0 ? Atomics.load(this.#covers, first >>> 5) :',
    to: 'const before = below === 0 ? NOBODY :',
    tests: TESTS,
  },
  {
    does: 'looks whether somebody is there before it claims, and not after',
    file: 'stress/oracles/shadow-map.ts',
    from: '    const others = Atomics.or(this.#starts, cell, bit);\n',
    to: '    const others = Atomics.load(this.#starts, cell);\n    Atomics.or(this.#starts, cell, bit);\n',
    tests: TESTS,
  },
  {
    does: 'excuses every refusal',
    file: 'stress/oracles/room.ts',
    from: "      if (refusals === REFUSALS) return 'no excuse';\n",
    to: '      if (refusals === REFUSALS) return null;\n',
    tests: TESTS,
  },
  {
    does: 'does not look at the last bytes of a block',
    file: 'stress/oracles/pattern.ts',
    from: 'if (length > LOOP_BYTES) return expected.compare(bytes, address, address + length, place, place + length) === 0;',
    to: 'if (length > LOOP_BYTES) return expected.compare(bytes, address, address + length - 16, place, place + length - 16) === 0;',
    tests: TESTS,
  },
  {
    does: 'passes over what is taken until somebody comes',
    file: 'stress/oracles/inspection.ts',
    from: 'if (atFirst > 0)',
    to: 'if (atFirst < 0)',
    tests: TESTS,
  },
];
