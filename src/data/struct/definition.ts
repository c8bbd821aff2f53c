/**
 * A struct as a thread defines it, and its bindings: what it is in the memory of one heap. There is one class of views for
 * each binding. Its getters have the memory's arrays and their offsets for constants, so that engines compile them to
 * single reads; a class for all heaps would have to look both up.
 */
import { AllocatorError, shown } from '../../allocator-error.ts';
import { jsonOf, propertyOf, type Placed, type Property, type Taken } from './field.ts';
import { typeIn } from './registry.ts';
import { layOut, type StructLayout } from './struct-layout.ts';
import { BYTES_PER_WORD, STEP_BYTES, WORDS_PER_STEP, type StructMemory } from './struct-memory.ts';

/** Names that views have besides their fields. */
const RESERVED = new Set(['address', 'moveTo', 'follow', 'toJSON', 'constructor', '__proto__']);

let count = 0;

/** A struct: a name and fields. It is laid out when it is first used. */
export class Definition {
  readonly name: string;
  readonly #members: object;
  /** Tells structs apart in this thread. */
  readonly number: number = count++;
  #layout: StructLayout | undefined;
  #isLayingOut = false;

  constructor(name: string, members: object) {
    if (typeof name !== 'string' || name === '') throw new TypeError(`a struct has a name, not ${shown(name)}`);
    const reserved = Object.keys(members).find((key) => RESERVED.has(key) || key.startsWith('#'));
    if (reserved !== undefined) throw new TypeError(`${name}.${reserved}: fields have other names`);
    this.name = name;
    this.#members = members;
  }

  get layout(): StructLayout {
    if (this.#layout !== undefined) return this.#layout;
    if (this.#isLayingOut) throw new TypeError(`${this.name} contains itself; let it have a ref instead`);
    this.#isLayingOut = true;
    try {
      return (this.#layout = layOut(this.name, this.#members));
    } finally {
      this.#isLayingOut = false;
    }
  }

  /**
   * The binding in a heap.
   *
   * @throws AllocatorError `TYPE_MISMATCH` if the heap knows another struct of that name
   */
  in(memory: StructMemory): Binding {
    const { bindings } = memory;
    return (bindings[this.number] ??= new Binding(this, memory)) as Binding;
  }
}

/** A view as the library itself uses it. */
export interface AnyView extends Placed {
  readonly '#binding': Binding;
  readonly address: number;
  '#plain'(): object;
}

/** A struct in one heap. */
export class Binding {
  readonly definition: Definition;
  readonly memory: StructMemory;
  /** The first word of a block with such a struct. */
  readonly type: number;
  /** Words of such a struct. */
  readonly wordCount: number;
  readonly properties: ReadonlyMap<string, Property>;
  readonly View: new (word: number) => AnyView;
  readonly #nested: readonly NonNullable<Property['part']>[];

  constructor(definition: Definition, memory: StructMemory) {
    const { fields, description, byteLength } = definition.layout;
    this.definition = definition;
    this.memory = memory;
    this.type = typeIn(memory, description);
    this.wordCount = Math.ceil(byteLength / BYTES_PER_WORD);
    this.properties = new Map(
      fields.map(({ name, path, kind, offset }, slot) => {
        return [name, propertyOf(kind, { memory, path, offset, slot, isElement: false })];
      }),
    );
    this.#nested = Array.from(this.properties.values(), ({ part }) => part).filter((part) => part !== undefined);
    this.View = viewClass(this);
  }

  /**
   * Requires that such a struct lies at an address, and that all of it is in the memory as this thread sees it.
   *
   * @param path - what is asking, for the error
   */
  requireAt(address: unknown, path: () => string = () => this.definition.name): void {
    const word = (address as number) / BYTES_PER_WORD;
    const { memory, type, wordCount, definition } = this;
    if (typeof address === 'number' && address % STEP_BYTES === 0) {
      if (memory.hasWord(word, wordCount) && memory.u32[word] === type) return;
    }
    throw new AllocatorError('TYPE_MISMATCH', `${path()}: no ${definition.name} lies at ${shown(address)}`);
  }

  /** Whether such a struct lies at a word, all of it in the memory as this thread saw it last. */
  isSeenAt(word: number): boolean {
    const { u32 } = this.memory;
    return u32[word] === this.type && word + this.wordCount <= u32.length;
  }

  /** Whether a value is a view of such a struct in this heap. */
  isView(value: unknown): value is AnyView {
    return typeof value === 'object' && value !== null && (value as Partial<AnyView>)['#binding'] === this;
  }

  /** Writes members to a struct. */
  assign(view: AnyView, members: object): void {
    for (const key of Object.keys(members)) {
      const value = (members as Record<string, unknown>)[key];
      const property = this.properties.get(key);
      if (property === undefined) throw new TypeError(`${this.definition.name}.${key}: there is no such field`);
      if (value !== undefined) property.set.call(view, value);
    }
  }

  /** Brings a view to another struct, and the parts with it that were taken from it. */
  move(view: Placed, word: number): void {
    view['#word'] = word;
    const parts = view['#parts'];
    if (parts === undefined) return;
    for (const { slot, first } of this.#nested) {
      const part = parts[slot] as AnyView | undefined;
      part?.['#binding'].move(part, word + first);
    }
  }

  /** Takes the blocks out that a struct owns. */
  takeOwned(word: number, taken: Taken[]): void {
    for (const { cells } of this.properties.values()) cells.take?.(word, 0, taken);
  }
}

function viewClass(binding: Binding): new (word: number) => AnyView {
  const { memory, type, wordCount, properties, definition } = binding;
  class View {
    declare '#word': number;
    declare '#parts': unknown[] | undefined;

    constructor(word: number) {
      this['#word'] = word;
      this['#parts'] = undefined;
    }

    get address(): number {
      return this['#word'] * BYTES_PER_WORD;
    }

    moveTo(address: number): this {
      const word = address / BYTES_PER_WORD;
      const isStep = (word & (WORDS_PER_STEP - 1)) === 0;
      if (!isStep || memory.u32[word] !== type || word + wordCount > memory.u32.length) binding.requireAt(address);
      binding.move(this, word);
      return this;
    }

    follow(name: string): boolean {
      const { cells } = properties.get(name) ?? {};
      const word = cells?.target?.(this['#word'], definition.number);
      if (word === undefined) throw new TypeError(`${definition.name}.${name}: no reference to a ${definition.name}`);
      if (word === 0) return false;
      if (memory.u32[word] !== type || word + wordCount > memory.u32.length) {
        binding.requireAt(word * BYTES_PER_WORD, () => `${definition.name}.${name}`);
      }
      binding.move(this, word);
      return true;
    }

    toJSON(): unknown {
      return jsonOf(this['#plain']());
    }

    '#plain'(): object {
      const plain = ([name, { get, cells }]: [string, Property]) => {
        const value = get.call(this);
        return [name, cells.plain === undefined ? value : cells.plain(value)];
      };
      return Object.fromEntries(Array.from(properties, plain)) as object;
    }
  }
  const { prototype } = View;
  for (const [name, { get, set }] of properties) {
    Object.defineProperty(prototype, name, { get, set, enumerable: true, configurable: true });
  }
  Object.defineProperty(prototype, '#binding', { value: binding });
  const inspected = Object.getOwnPropertyDescriptor(prototype, '#plain')!;
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), inspected);
  Object.defineProperty(View, 'name', { value: definition.name });
  return View as unknown as new (word: number) => AnyView;
}
