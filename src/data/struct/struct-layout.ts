/**
 * Where the fields of a struct lie. It begins with a word that tells what it is; then come fields in the order of their
 * alignment, so that only the place behind that word and the end have gaps.
 */
import { hashOf } from '../format/hash.ts';
import { kindOf, type FieldKind } from './field.ts';
import type { Description } from './registry.ts';
import { BYTES_PER_WORD } from './struct-memory.ts';

const GREATEST_ALIGNMENT = 8;

/** A field in its place. */
export interface LaidOutField {
  readonly name: string;
  readonly path: string;
  readonly kind: FieldKind;
  readonly offset: number;
}

/** A struct laid out. */
export interface StructLayout {
  readonly fields: readonly LaidOutField[];
  readonly byteLength: number;
  readonly alignment: number;
  readonly description: Description;
}

/** Lays out the fields of a struct. Reads each of them once: they may be getters. */
export function layOut(name: string, members: object): StructLayout {
  const given = Object.keys(members).map((key) => {
    const path = `${name}.${key}`;
    return { name: key, path, kind: kindOf((members as Record<string, unknown>)[key], path) };
  });
  const room = new Room();
  const fields = given
    .toSorted((one, other) => other.kind.alignment - one.kind.alignment)
    .map(({ name: key, path, kind }) => ({ name: key, path, kind, offset: room.place(kind) }));
  const byName = new Map(fields.map((field) => [field.name, field]));
  return {
    fields: given.map((field) => byName.get(field.name)!),
    byteLength: room.end,
    alignment: Math.max(BYTES_PER_WORD, ...given.map(({ kind }) => kind.alignment)),
    description: describe(name, fields),
  };
}

/** What is free of a struct: its end, and the gap between its first word and the first field of eight bytes. */
class Room {
  end = BYTES_PER_WORD;
  #gap = GREATEST_ALIGNMENT;

  place({ byteLength, alignment }: FieldKind): number {
    if (alignment < GREATEST_ALIGNMENT && this.#gap + byteLength <= GREATEST_ALIGNMENT) {
      this.#gap += byteLength;
      return this.#gap - byteLength;
    }
    const offset = Math.ceil(this.end / alignment) * alignment;
    if (alignment === GREATEST_ALIGNMENT && this.end === BYTES_PER_WORD) this.#gap = BYTES_PER_WORD;
    this.end = offset + byteLength;
    return offset;
  }
}

function describe(name: string, fields: readonly LaidOutField[]): Description {
  const text = JSON.stringify([name, ...fields.map((field) => [field.name, field.kind.text, field.offset])]);
  return { name, text, hash: hashOf(text) >>> 0 };
}
