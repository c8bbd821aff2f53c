/**
 * Structs: records with named fields in shared memory, which threads read and change in place.
 *
 *   ├─ type ─┼─ fields by alignment ─┤     type: the description in the heap, see registry; 0 while it is made or freed
 *
 * A struct becomes one by the last store of its making, the type, and ceases to be one by the first of its freeing, a
 * compare-exchange. A thread that dies in between leaves blocks that nobody frees: this struct's and no others. The block
 * of the struct is freed before those that it owns: if the heap refuses it, the struct is as it was.
 */
import { AllocatorError, shown } from '../../allocator-error.ts';
import type { DataHeap } from '../format/data-heap.ts';
import type { Ref } from '../format/ref.ts';
import { Definition, type AnyView, type Binding } from './definition.ts';
import type { Taken } from './field.ts';
import { putBack } from './owned.ts';
import { nameOfType } from './registry.ts';
import { BYTES_PER_WORD, memoryOf } from './struct-memory.ts';
import type { Init, StructType, View } from './struct-types.ts';

/**
 * Defines a kind of struct. Every thread that uses it defines it alike; the heap has a description and refuses others of
 * the same name.
 *
 * @param fields - kinds of fields by name. A getter lets a struct refer to itself: `get next() { return ref(Node); }`
 */
export function struct<Fields extends object>(name: string, fields: Fields): StructType<Fields> {
  return new Struct<Fields>(name, fields);
}

/**
 * The name of the kind of struct that lies at an address, whoever defined it; `undefined` if none lies there.
 *
 * @throws AllocatorError `INVALID_ADDRESS` where no block starts
 */
export function structNameAt(heap: DataHeap, address: number): string | undefined {
  if (heap.sizeOf(address) < BYTES_PER_WORD) return undefined;
  const memory = memoryOf(heap);
  const word = address / BYTES_PER_WORD;
  return memory.hasWord(word) ? nameOfType(memory, Atomics.load(memory.u32, word)) : undefined;
}

class Struct<Fields> extends Definition implements StructType<Fields> {
  get byteLength(): number {
    return this.layout.byteLength;
  }

  allocate(heap: DataHeap, init?: Init<Fields>): View<Fields> {
    const memory = memoryOf(heap);
    const binding = this.in(memory);
    const address = memory.take(this.byteLength);
    const word = address / BYTES_PER_WORD;
    const end = word + Math.ceil(this.byteLength / BYTES_PER_WORD);
    for (let at = word; at < end; at++) memory.u32[at] = 0;
    const view = new binding.View(word);
    if (init !== undefined) fill(binding, view, init);
    Atomics.store(memory.u32, word, binding.type);
    return view as unknown as View<Fields>;
  }

  at(heap: DataHeap, ref: Ref<View<Fields>>): View<Fields> {
    const binding = this.in(memoryOf(heap));
    heap.sizeOf(ref);
    binding.requireAt(ref);
    return new binding.View(ref / BYTES_PER_WORD) as unknown as View<Fields>;
  }

  free(view: View<Fields>): void {
    const { '#binding': binding, address } = view as unknown as Partial<AnyView>;
    if (binding?.definition !== this)
      throw new TypeError(`${this.name}.free: ${shown(view)} is no view of a ${this.name}`);
    const { memory, type } = binding;
    const word = address! / BYTES_PER_WORD;
    if (Atomics.compareExchange(memory.u32, word, type, 0) !== type) {
      throw new AllocatorError(
        'TYPE_MISMATCH',
        `the ${this.name} at ${address} was freed before, or is a part of another struct`,
      );
    }
    const taken: Taken[] = [];
    binding.takeOwned(word, taken);
    try {
      memory.heap.deallocate(address!);
    } catch (error) {
      putBack(memory, taken);
      Atomics.store(memory.u32, word, type);
      throw error;
    }
    if (taken.length > 0) memory.giveBackAll(taken.map((one) => one.address));
  }
}

/** Writes the first values; if one is refused, the struct has never been. */
function fill(binding: Binding, view: AnyView, init: object): void {
  try {
    binding.assign(view, init);
  } catch (error) {
    const taken: Taken[] = [];
    binding.takeOwned(view['#word'], taken);
    try {
      binding.memory.giveBackAll([view.address, ...taken.map((one) => one.address)]);
    } catch {
      // what was refused says more
    }
    throw error;
  }
}
