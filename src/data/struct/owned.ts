/**
 * Fields of variable length: `string` and `bytes`. What they hold lies in a block that the struct owns.
 *
 *   ├─ reference ─┼─ version ─┤     0 = the empty text, no bytes
 *
 * To set is: write a new block; exchange the reference, which commits; raise the version; free the block that was there.
 * Each block that was there comes to one thread alone, however many set at once. A thread that dies in between leaves one
 * block behind that nobody frees: the new one before the exchange, the old one after it.
 *
 * To get is: load the version, load the reference, read the block, look at the version again, and read anew if it differs.
 * A block that was referred to after the version was loaded is not freed before the version has been raised. So what is
 * read between two equal versions is a value that the field had, whole. (After 2^32 sets during one get it would not
 * be told.) The second look is an `Atomics.or` of nothing rather than a load: plain reads may pass a load that follows them,
 * and the raise by whoever frees the block comes after this write, so that the reads come before the block is used again.
 */
import { AllocatorError, shown } from '../../allocator-error.ts';
import { fieldOf, nameOf, type Cells, type Field, type Place, type Taken } from './field.ts';
import { BYTES_PER_WORD, STEP_BYTES, type StructMemory } from './struct-memory.ts';
import { readBytes, readText, writeBytes, writeText } from './text-block.ts';

/** Words of a field. */
const WORDS = 2;

export const string: Field<string> = owned('string', '', readText, (place, index, value) => {
  if (typeof value !== 'string') throw new TypeError(`${nameOf(place, index)}: ${shown(value)} is not a string`);
  return value === '' ? 0 : writeText(place.memory, value);
});

export const bytes: Field<Uint8Array> = owned('bytes', new Uint8Array(), readBytes, (place, index, value) => {
  if (value instanceof Uint8Array) return value.length === 0 ? 0 : writeBytes(place.memory, value);
  throw new TypeError(`${nameOf(place, index)}: ${shown(value)} is not a Uint8Array`);
});

type Read<Value> = (memory: StructMemory, address: number) => Value | undefined;
type Write = (place: Place, index: number, value: unknown) => number;

function owned<Value>(text: string, empty: Value, read: Read<Value>, write: Write): Field<Value> {
  return fieldOf({
    text,
    byteLength: WORDS * BYTES_PER_WORD,
    alignment: BYTES_PER_WORD,
    cells: (place) => cellsAt(place, empty, read, write),
  });
}

function cellsAt<Value>(place: Place, empty: Value, read: Read<Value>, write: Write): Cells {
  const { memory } = place;
  const first = place.offset / BYTES_PER_WORD;
  return {
    get(word, index) {
      const at = word + first + WORDS * index;
      for (;;) {
        const version = Atomics.load(memory.u32, at + 1);
        const reference = Atomics.load(memory.u32, at);
        const value = reference === 0 ? empty : attempt(memory, reference * STEP_BYTES, read);
        if (Atomics.or(memory.u32, at + 1, 0) !== version) continue;
        if (value !== undefined) return value;
        throw new AllocatorError(
          'TYPE_MISMATCH',
          `${nameOf(place, index)}: the struct was freed, or its memory overwritten`,
        );
      }
    },
    set(word, index, value) {
      const before = replace(memory, word + first + WORDS * index, write(place, index, value));
      if (before !== 0) memory.giveBack(before);
    },
    take(word, index, taken) {
      const at = word + first + WORDS * index;
      const before = replace(memory, at, 0);
      if (before !== 0) taken.push({ at, address: before });
    },
  };
}

/** Reads a block that may be in use for something else by now. */
function attempt<Value>(memory: StructMemory, address: number, read: Read<Value>): Value | undefined {
  try {
    return read(memory, address);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a length that is none
    throw error;
  }
}

/** Puts a block, or none, in the place of the one that is there, and returns that: it is the caller's to free. */
function replace(memory: StructMemory, at: number, address: number): number {
  const before = Atomics.exchange(memory.u32, at, address / STEP_BYTES);
  if (before !== 0) Atomics.add(memory.u32, at + 1, 1);
  return before * STEP_BYTES;
}

/** Puts blocks back where they were taken from. */
export function putBack({ u32 }: StructMemory, taken: readonly Taken[]): void {
  for (const { at, address } of taken) Atomics.store(u32, at, address / STEP_BYTES);
}
