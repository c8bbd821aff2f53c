import { DEATHS, DEATHS_AT_WRITES, type Mutant } from './mutant.ts';

export const ROOT_MUTANTS: readonly Mutant[] = [
  {
    does: 'sets a computed root without looking whether it is there by now',
    file: 'roots/named-roots.ts',
    from: "before = this.#chain.exchange(checkedName('root', name), 0, made);",
    to: "before = 0; this.#chain.exchange(checkedName('root', name), ANY, made);",
    scenario: 'roots-computed',
  },
  {
    does: 'keeps the computed block that comes too late',
    file: 'roots/named-roots.ts',
    from: 'if (before !== 0) free(made);',
    to: '',
    scenario: 'roots-computed',
  },
  {
    does: 'publishes a chunk of roots before it is one',
    file: 'roots/root-chain.ts',
    from: 'const chunk = RootChunk.create(layout.buffer, address, byteLength, name);',
    to: 'if (last === undefined) Atomics.store(this.#first, 0, BigInt(address));\n    const chunk = RootChunk.create(layout.buffer, address, byteLength, name);',
    scenario: 'roots-computed',
    options: DEATHS_AT_WRITES,
  },
  {
    does: 'looks at all roots without the lock',
    file: 'roots/root-chain.ts',
    from: 'this.#member.locked.run(entriesLocked, this);',
    to: 'entriesLocked(this.#member.locked.table, this);',
    scenario: 'roots-against-roots',
    options: { plain: 'race-log' },
  },
  {
    does: 'empties an entry that others are searched for behind',
    file: 'roots/root-chunk.ts',
    from: 'if (this.#words[this.#at(this.#after(entry)) + EntryWord.LENGTH] !== 0) return;',
    to: '',
    scenario: 'roots-reuse',
    options: DEATHS_AT_WRITES,
  },
  {
    does: 'commits a root before it has its name',
    file: 'roots/root-chunk.ts',
    from: 'if (this.addressOf(entry) !== 0) continue;',
    to: 'if (this.addressOf(entry) !== 0) continue; this.setAddressOf(entry, 1);',
    scenario: 'roots-against-roots',
    options: DEATHS,
  },
];
