/**
 * The structs that a heap has met: a list of descriptions in blocks, which begins at the word TYPES and only ever grows.
 * The first word of a struct refers to its description.
 *
 *   TYPES ─▶ ├─ TYPE | start ─┼─ next ─┼─ hash ─┼─ text: JSON of the name, then of fields with their kinds and places ─┤
 *
 * A description is put in front by one compare-exchange of TYPES, which publishes it; until then nobody sees it. A thread
 * that dies before it leaves a block that nobody frees. Who finds that another was faster looks through what was added.
 */
import { AllocatorError } from '../../allocator-error.ts';
import { Root } from '../../layout/regions.ts';
import { BYTES_PER_WORD, STEP_BYTES, type StructMemory } from './struct-memory.ts';
import { readText, writeText } from './text-block.ts';

/** "THY" in ASCII. */
const TYPE = 0x54_48_59_00;
const { TYPES } = Root;
const Word = { TAG: 0, NEXT: 1, HASH: 2, END: 3 } as const;

/** What is written of a struct: its name and what else there is to say, as JSON. */
export interface Description {
  readonly name: string;
  readonly text: string;
  readonly hash: number;
}

const wordOf = (type: number) => (type * STEP_BYTES) / BYTES_PER_WORD;

/**
 * The reference to the description of a struct, which is written if the heap has none.
 *
 * @throws AllocatorError `TYPE_MISMATCH` if the heap knows another struct of that name
 */
export function typeIn(memory: StructMemory, description: Description): number {
  let seen = Atomics.load(memory.u32, TYPES);
  const known = find(memory, description, seen, 0);
  if (known !== 0) return known;
  const address = writeText(memory, description.text, Word.END * BYTES_PER_WORD, TYPE);
  const type = address / STEP_BYTES;
  memory.u32[wordOf(type) + Word.HASH] = description.hash;
  try {
    for (;;) {
      memory.u32[wordOf(type) + Word.NEXT] = seen;
      const now = Atomics.compareExchange(memory.u32, TYPES, seen, type);
      if (now === seen) return type;
      const other = find(memory, description, now, seen);
      if (other !== 0) {
        memory.heap.deallocate(address);
        return other;
      }
      seen = now;
    }
  } catch (error) {
    memory.heap.deallocate(address);
    throw error;
  }
}

/** The reference to an equal description among those from `first` to before `end`; 0 if there is none. */
function find(memory: StructMemory, { name, text, hash }: Description, first: number, end: number): number {
  for (const type of typesFrom(memory, first, end)) {
    const other = textOf(memory, type);
    if (memory.u32[wordOf(type) + Word.HASH] === hash && other === text) return type;
    if (nameIn(other) === name) {
      throw new AllocatorError('TYPE_MISMATCH', `the heap has another struct ${name}: ${other}, here ${text}`);
    }
  }
  return 0;
}

function* typesFrom(memory: StructMemory, first: number, end = 0): Generator<number> {
  for (let type = first; type !== end; type = memory.u32[wordOf(type) + Word.NEXT]) {
    if (!memory.hasWord(wordOf(type), Word.END)) throw noDescription(type);
    yield type;
  }
}

function textOf(memory: StructMemory, type: number): string {
  const text = readText(memory, type * STEP_BYTES, TYPE);
  if (text !== undefined) return text;
  throw noDescription(type);
}

function noDescription(type: number): AllocatorError {
  return new AllocatorError('CORRUPTED', `no description of a struct lies at ${type * STEP_BYTES}`);
}

function nameIn(text: string): string {
  const [name] = JSON.parse(text) as [string];
  return name;
}

/** The name of the struct that a first word refers to; `undefined` if it refers to none. */
export function nameOfType(memory: StructMemory, type: number): string | undefined {
  for (const known of typesFrom(memory, Atomics.load(memory.u32, TYPES))) {
    if (known === type) return nameIn(textOf(memory, type));
  }
  return undefined;
}

/** The addresses of all descriptions. */
export function descriptionsIn(memory: StructMemory): number[] {
  return Array.from(typesFrom(memory, Atomics.load(memory.u32, TYPES)), (type) => type * STEP_BYTES);
}
