/**
 * Encodes one value. Goes down into objects and arrays with a stack of its own, so that no depth of nesting overflows
 * the engine's. A record is reserved when its object is met and filled as its members are; an object that is met twice
 * is written once, and one that is met again inside itself is refused.
 */
import { dictionaryWords, keysPlace, valuesPlace, writeTable } from '../format/dictionary.ts';
import { bytesOfElement, constantWord, elementsOf } from '../format/scalars.ts';
import { hashOf } from '../format/hash.ts';
import { ShapeTree } from './shape-tree.ts';
import { UnshareableError } from './unshareable.ts';
import { Elements, Kind, recordWord, SHAPE_KEY_LIMIT, ShapeWord, Tag, TAG_BITS } from '../format/value-format.ts';
import { ValueSections } from './value-sections.ts';

const NO_SHAPE = -1;
const BYTES_PER_WORD = 4;

/**
 * Encodes a value.
 *
 * @throws UnshareableError for what cannot be shared, RangeError for what is too large
 */
export function encode(value: unknown): ValueSections {
  return new ValueWriter().write(value);
}

/** One value on its way into a block. */
class ValueWriter {
  readonly #sections = new ValueSections();
  readonly #shapes = new ShapeTree();
  readonly #seen = new Map<object, number>();
  /** What is being filled, outermost first: the object, its keys (none for an array), its next member, and the places. */
  readonly #sources: object[] = [];
  readonly #keys: (readonly string[] | undefined)[] = [];
  readonly #indices: number[] = [];
  readonly #places: number[] = [];
  readonly #counts: number[] = [];

  write(value: unknown): ValueSections {
    const root = this.#wordOf(value);
    while (this.#sources.length > 0) this.#fill();
    const shapes = this.#writeShapes();
    this.#sections.finish(root, shapes, this.#shapes.shapes.length);
    return this.#sections;
  }

  /** Fills the innermost record until a member has a record to be filled first. */
  #fill(): void {
    const top = this.#sources.length - 1;
    const source = this.#sources[top] as Record<string | number, unknown>;
    const keys = this.#keys[top];
    const place = this.#places[top];
    const count = this.#counts[top];
    for (let index = this.#indices[top]; index < count;) {
      const word = this.#wordOf(source[keys === undefined ? index : keys[index]]);
      this.#sections.words[place + index++] = word;
      this.#indices[top] = index;
      if (this.#sources.length > top + 1) return;
    }
    this.#sources.pop();
    this.#keys.pop();
    this.#indices.pop();
    this.#places.pop();
    this.#counts.pop();
  }

  #push(source: object, keys: readonly string[] | undefined, place: number, count: number): void {
    if (count === 0) return;
    this.#sources.push(source);
    this.#keys.push(keys);
    this.#indices.push(0);
    this.#places.push(place);
    this.#counts.push(count);
  }

  #wordOf(value: unknown): number {
    switch (typeof value) {
      case 'number':
        return this.#sections.number(value);
      case 'string':
        return this.#sections.string(value);
      case 'object':
        return value === null ? constantWord(value) : (this.#knownWord(value) ?? this.#object(value));
      case 'bigint':
        return this.#sections.record(Kind.BIGINT, this.#sections.string(String(value)), 0);
      case 'function':
      case 'symbol':
        throw this.#unshareable(`a ${typeof value}`);
      default:
        return constantWord(value);
    }
  }

  /** The word of an object that was met before; undefined if it was not. */
  #knownWord(value: object): number | undefined {
    const word = this.#seen.get(value);
    const level = word === undefined ? -1 : this.#sources.indexOf(value);
    if (level < 0) return word;
    throw this.#unshareable(`a reference back to ${this.#pathTo(level) || 'the whole value'}, which makes a cycle`);
  }

  #object(value: object): number {
    const word = Array.isArray(value) ? this.#array(value) : this.#plainOrSpecial(value);
    this.#seen.set(value, word);
    return word;
  }

  #plainOrSpecial(value: object): number {
    if (isPlain(value)) return this.#plain(value);
    if (value instanceof Uint8Array)
      return this.#sections.record(Kind.BYTES, value.length, this.#sections.bytes(value));
    if (value instanceof Date) return this.#sections.record(Kind.DATE, this.#sections.number(value.getTime()), 0);
    throw this.#unshareable(`an instance of ${nameOf(value)}`);
  }

  #plain(value: object): number {
    const keys = Object.keys(value);
    const shape = keys.length > SHAPE_KEY_LIMIT ? NO_SHAPE : this.#shapes.indexOf(keys);
    if (shape === NO_SHAPE) return this.#dictionary(value, keys);
    const at = this.#sections.take(1 + keys.length);
    this.#sections.words[at] = shape;
    this.#push(value, keys, at + 1, keys.length);
    return recordWord(at, Tag.OBJECT);
  }

  #dictionary(value: object, keys: readonly string[]): number {
    const at = this.#sections.take(dictionaryWords(keys.length));
    this.#sections.words[at] = Kind.DICTIONARY;
    keys.forEach((key, index) => (this.#sections.words[keysPlace(at) + index] = this.#sections.string(key)));
    writeTable(this.#sections.words, at, keys);
    this.#push(value, keys, valuesPlace(at, keys.length), keys.length);
    return recordWord(at, Tag.OTHER);
  }

  #array(array: readonly unknown[]): number {
    const kind = elementsOf(array);
    const { length } = array;
    if (kind !== Elements.VALUES) return this.#numbers(array as readonly number[], kind);
    const at = this.#sections.take(1 + length);
    this.#sections.words[at] = (length << TAG_BITS) | kind;
    this.#push(array, undefined, at + 1, length);
    return recordWord(at, Tag.ARRAY);
  }

  /** An array of numbers alone, packed. */
  #numbers(array: readonly number[], kind: number): number {
    const { length } = array;
    const isDouble = kind === Elements.FLOAT64;
    const at = this.#sections.take(1 + (isDouble ? 1 : Math.ceil((length * bytesOfElement(kind)) / BYTES_PER_WORD)));
    const { words } = this.#sections;
    words[at] = (length << TAG_BITS) | kind;
    if (isDouble) words[at + 1] = this.#sections.doubles(array);
    else packedView(words, at + 1, length, kind).set(array);
    return recordWord(at, Tag.ARRAY);
  }

  #writeShapes(): number {
    const { shapes } = this.#shapes;
    const at = this.#sections.take(shapes.length * ShapeWord.END);
    shapes.forEach((keys, index) => {
      const text = JSON.stringify(keys);
      const shape = at + index * ShapeWord.END;
      this.#sections.words[shape + ShapeWord.HASH] = hashOf(text);
      this.#sections.words[shape + ShapeWord.KEYS] = this.#sections.newText(text);
    });
    return at;
  }

  #unshareable(what: string): UnshareableError {
    return new UnshareableError(what, this.#pathTo(this.#sources.length));
  }

  /** The way from the value down to what lies at a level. All levels but the innermost point past their present member. */
  #pathTo(level: number): string {
    return this.#keys
      .slice(0, level)
      .map((keys, one) => {
        const index = this.#indices[one] - (one < this.#sources.length - 1 ? 1 : 0);
        return keys === undefined ? `[${index}]` : memberPath(keys[index]);
      })
      .join('');
  }
}

function memberPath(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function packedView(
  words: Int32Array<ArrayBuffer>,
  at: number,
  length: number,
  kind: number,
): Int8Array | Int16Array | Int32Array | Float32Array {
  const start = at * BYTES_PER_WORD;
  if (kind === Elements.INT8) return new Int8Array(words.buffer, start, length);
  if (kind === Elements.INT16) return new Int16Array(words.buffer, start, length);
  if (kind === Elements.INT32) return new Int32Array(words.buffer, start, length);
  return new Float32Array(words.buffer, start, length);
}

/** Whether a value is an object literal, of whatever realm. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

function nameOf(value: object): string {
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor?.name === 'string' && constructor.name !== '' ? constructor.name : 'a class';
}
