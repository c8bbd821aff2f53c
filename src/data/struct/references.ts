/**
 * Structs in structs: by reference, or as a part.
 *
 * A reference is a word that counts steps of 16 bytes, 0 = none. It is stored and loaded by `Atomics`, so that who follows
 * it sees what was written to its struct before. It owns nothing. A part has all that a struct of its own has, the first
 * word too, which stays 0: so nobody can refer to it.
 */
import { shown } from '../../allocator-error.ts';
import { Definition, type AnyView, type Binding } from './definition.ts';
import { fieldOf, nameOf, type Cells, type Field, type FieldKind, type Place, type Property } from './field.ts';
import { BYTES_PER_WORD, STEP_BYTES, WORDS_PER_STEP } from './struct-memory.ts';
import type { Init, StructType, View } from './struct-types.ts';
import type { Ref } from '../format/ref.ts';

/** A reference to a struct, or null. A getter around it lets structs refer to themselves and to each other. */
export function ref<Fields>(
  type: StructType<Fields>,
): Field<View<Fields> | null, View<Fields> | Ref<View<Fields>> | null> {
  const target = definitionOf(type, 'ref');
  return fieldOf({
    byteLength: BYTES_PER_WORD,
    alignment: BYTES_PER_WORD,
    text: `ref(${target.name})`,
    cells: (place) => referenceCells(place, target),
  });
}

/** A struct as a part of another. */
export function nested<Fields>(type: StructType<Fields>): Field<View<Fields>, Init<Fields>> {
  return fieldOf(new NestedKind(definitionOf(type, 'nested')));
}

function definitionOf(type: unknown, kind: string): Definition {
  if (type instanceof Definition) return type;
  throw new TypeError(
    `${kind} takes a struct, not ${shown(type)}; a getter defers it: get next() { return ref(Node); }`,
  );
}

function referenceCells(place: Place, target: Definition): Cells {
  const { memory } = place;
  const first = place.offset / BYTES_PER_WORD;
  return {
    get(word, index) {
      const reference = Atomics.load(memory.u32, word + first + index);
      if (reference === 0) return null;
      const binding = target.in(memory);
      const at = reference * WORDS_PER_STEP;
      if (!binding.isSeenAt(at)) binding.requireAt(reference * STEP_BYTES, () => nameOf(place, index));
      return new binding.View(at);
    },
    set(word, index, value) {
      Atomics.store(memory.u32, word + first + index, addressOf(target.in(memory), place, index, value) / STEP_BYTES);
    },
    target(word, structNumber) {
      if (structNumber !== target.number) return undefined;
      return Atomics.load(memory.u32, word + first) * WORDS_PER_STEP;
    },
    plain: (view) => (view as AnyView | null)?.address ?? null,
  };
}

/** The address that a view, an address or null stands for. */
function addressOf(binding: Binding, place: Place, index: number, value: unknown): number {
  if (value === null || value === 0) return 0;
  if (typeof value === 'number' || binding.isView(value)) {
    const address = typeof value === 'number' ? value : value.address;
    binding.requireAt(address, () => nameOf(place, index));
    return address;
  }
  const { name } = binding.definition;
  throw new TypeError(`${nameOf(place, index)}: ${shown(value)} is not null, an address or a ${name} of this heap`);
}

class NestedKind implements FieldKind {
  readonly #of: Definition;

  constructor(of: Definition) {
    this.#of = of;
  }

  get alignment(): number {
    return this.#of.layout.alignment;
  }

  get byteLength(): number {
    return Math.ceil(this.#of.layout.byteLength / this.alignment) * this.alignment;
  }

  get text(): string {
    return `nested(${this.#of.layout.description.text})`;
  }

  cells({ memory, offset, path }: Place): Cells {
    const binding = this.#of.in(memory);
    const first = offset / BYTES_PER_WORD;
    const step = this.byteLength / BYTES_PER_WORD;
    return {
      get: (word, index) => new binding.View(word + first + index * step),
      set(word, index, value) {
        if (typeof value !== 'object' || value === null) {
          throw new TypeError(`${path}: ${shown(value)} is no object with members of a ${binding.definition.name}`);
        }
        const members = binding.isView(value) ? value['#plain']() : value;
        binding.assign(new binding.View(word + first + index * step), members);
      },
      take: (word, index, taken) => binding.takeOwned(word + first + index * step, taken),
      plain: (view) => (view as AnyView)['#plain'](),
    };
  }

  /** One view for all calls. It goes where its owner goes, see `Binding.move`; if it was moved itself, it comes back. */
  property(place: Place): Property {
    const cells = this.cells(place);
    const binding = this.#of.in(place.memory);
    const first = place.offset / BYTES_PER_WORD;
    const { slot } = place;
    const { set } = cells;
    return {
      cells,
      part: { slot, first },
      get() {
        const word = this['#word'];
        const parts = (this['#parts'] ??= []);
        const view = (parts[slot] ??= cells.get(word, 0)) as AnyView;
        if (view['#word'] !== word + first) binding.move(view, word + first);
        return view;
      },
      set(value) {
        set(this['#word'], 0, value);
      },
    };
  }
}
