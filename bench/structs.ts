/**
 * `bench structs`: what a get and a set of a struct's fields take, beside those of a plain object, and texts beside what
 * a program does with the bare heap: encode, allocate, write, and read, decode. There are other structs in the program,
 * as in a real one, so that code that all have in common is not made for one of them alone.
 */
import { Command } from 'commander';
import { MemoryManager } from '../src/index.ts';
import { atomic, f64, i32, ref, string, struct } from '../src/data/index.ts';
import { addEffortOptions, notesFor, roundsOf, type EffortOptions } from './measure/effort-options.ts';
import { addReportOptions, report, type ReportOptions } from './report/report.ts';

type StructsOptions = EffortOptions & ReportOptions;

/** Objects that a loop goes over, so that nothing can be taken out of it. */
const COUNT = 1024;
const PASSES = 200;
const TEXT = 'eight ch';
const LONG_TEXT = 'a text of 200 characters, '.repeat(8).slice(0, 200);
/** Promised: numbers take at most so many times what those of a plain object take, texts of what the bare heap takes. */
const PROMISES = { numbers: 2, texts: 0.6 };

interface Result {
  readonly what: string;
  readonly struct: number;
  readonly other: number;
  readonly promise: number | undefined;
}

interface Plain {
  id: number;
  weight: number;
  name: string;
  next: Plain | null;
}
const Item = struct('Item', {
  id: i32,
  weight: f64,
  name: string,
  hits: atomic(i32),
  get next() {
    return ref(Item);
  },
});
type ItemView = ReturnType<typeof Item.at>;

export const command: Command = addReportOptions(addEffortOptions(new Command('structs'), 15))
  .description('fields of structs beside those of plain objects, texts beside the bare heap')
  .action(run);

async function run(options: StructsOptions): Promise<void> {
  const results = measure(roundsOf(options));
  const broken = results.filter(({ struct: own, other, promise = Infinity }) => own / other > promise);
  const verdict = broken.length === 0 ? 'kept' : `BROKEN: ${broken.map(({ what }) => what).join(', ')}`;
  const notes = [
    `numbers at most ${PROMISES.numbers} times a plain object's, texts ${PROMISES.texts} of the bare heap's: ${verdict}`,
  ];
  const head = ['what', 'struct, ns', 'beside, ns', 'ratio', 'promised'];
  const table = { head, rows: results.map(rowOf), notes: notesFor(options, notes) };
  await report({ bench: 'structs', ...table, results, effort: { rounds: roundsOf(options) } }, options);
}

function rowOf({ what, struct: own, other, promise }: Result): string[] {
  return [what, own.toFixed(2), other.toFixed(2), (own / other).toFixed(2), promise?.toFixed(1) ?? ''];
}

type Loop = () => unknown;

/** What is compared: by its name, the struct's loop, the other's, and what is promised. */
type Pair = readonly [what: string, own: Loop, other: Loop, promise?: number];

function measure(rounds: number): Result[] {
  using heap = new MemoryManager(2 ** 24);
  useOtherStructs(heap);
  const pairs = [...numberPairs(heap), ...textPairs(heap, TEXT), ...textPairs(heap, LONG_TEXT)];
  const best = pairs.map(() => [Infinity, Infinity]);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, [, ...loops]] of pairs.entries()) {
      for (const side of [0, 1]) best[index][side] = Math.min(best[index][side], timeOf(loops[side] as Loop));
    }
  }
  return pairs.map(([what, , , promise], index) => ({ what, struct: best[index][0], other: best[index][1], promise }));
}

function timeOf(loop: Loop): number {
  const start = process.hrtime.bigint();
  for (let pass = 0; pass < PASSES; pass++) loop();
  return Number(process.hrtime.bigint() - start) / PASSES / COUNT;
}

/** A program's other structs. */
function useOtherStructs(heap: MemoryManager): void {
  for (let index = 0; index < 12; index++) {
    const Other = struct(`Other${index}`, { a: i32, b: f64, c: string });
    const other = Other.allocate(heap, { c: 'x' });
    for (let pass = 0; pass < 3000; pass++) {
      other.a = pass;
      other.b = other.a + other.c.length;
    }
  }
}

function numberPairs(heap: MemoryManager): Pair[] {
  const plain = Array.from({ length: COUNT }, (_, id): Plain => ({ id, weight: id + 0.5, name: TEXT, next: null }));
  const views = plain.map(({ id, weight }) => Item.allocate(heap, { id, weight }));
  for (let index = 1; index < COUNT; index++) {
    plain[index - 1].next = plain[index];
    views[index - 1].next = views[index];
  }
  const cursor = Item.at(heap, views[0].address);
  const [first] = views;
  const addresses = views.map(({ address }) => address);
  const { numbers } = PROMISES;
  return [
    ['get i32', () => getAll(views), () => getAllPlain(plain), numbers],
    ['set i32', () => setAll(views), () => setAllPlain(plain), numbers],
    ['get f64', () => getWeights(views), () => getWeightsPlain(plain), numbers],
    ['set f64', () => setWeights(views), () => setWeightsPlain(plain), numbers],
    ['move a cursor, get i32', () => moveOver(cursor, addresses), () => getAllPlain(plain)],
    ['follow a reference, get i32', () => followAll(cursor, first.address), () => followAllPlain(plain[0])],
    ['get through a reference', () => chase(first), () => followAllPlain(plain[0])],
    ['add to an atomic', () => addToAll(views), () => setAllPlain(plain)],
  ];
}

function getAll(views: readonly ItemView[]): number {
  let sum = 0;
  for (let index = 0; index < COUNT; index++) sum = (sum + views[index].id) | 0;
  return sum;
}

function getAllPlain(views: readonly Plain[]): number {
  let sum = 0;
  for (let index = 0; index < COUNT; index++) sum = (sum + views[index].id) | 0;
  return sum;
}

function setAll(views: readonly ItemView[]): void {
  for (let index = 0; index < COUNT; index++) views[index].id = index;
}

function setAllPlain(views: readonly Plain[]): void {
  for (let index = 0; index < COUNT; index++) views[index].id = index;
}

function getWeights(views: readonly ItemView[]): number {
  let sum = 0;
  for (let index = 0; index < COUNT; index++) sum += views[index].weight;
  return sum;
}

function getWeightsPlain(views: readonly Plain[]): number {
  let sum = 0;
  for (let index = 0; index < COUNT; index++) sum += views[index].weight;
  return sum;
}

function setWeights(views: readonly ItemView[]): void {
  for (let index = 0; index < COUNT; index++) views[index].weight = index + 0.5;
}

function setWeightsPlain(views: readonly Plain[]): void {
  for (let index = 0; index < COUNT; index++) views[index].weight = index + 0.5;
}

function moveOver(cursor: ItemView, addresses: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < COUNT; index++) sum = (sum + cursor.moveTo(addresses[index]).id) | 0;
  return sum;
}

function followAll(cursor: ItemView, start: number): number {
  let sum = 0;
  cursor.moveTo(start);
  do sum = (sum + cursor.id) | 0;
  while (cursor.follow('next'));
  return sum;
}

function chase(first: ItemView): number {
  let sum = 0;
  for (let item: ItemView | null = first; item !== null; item = item.next) sum = (sum + item.id) | 0;
  return sum;
}

function followAllPlain(first: Plain): number {
  let sum = 0;
  for (let item: Plain | null = first; item !== null; item = item.next) sum = (sum + item.id) | 0;
  return sum;
}

function addToAll(views: readonly ItemView[]): void {
  for (let index = 0; index < COUNT; index++) views[index].hits.add(1);
}

function textPairs(heap: MemoryManager, text: string): Pair[] {
  const views = Array.from({ length: COUNT }, () => Item.allocate(heap, { name: text }));
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const blocks = views.map(() => {
    const block = heap.allocate(text.length)!;
    heap.write(block, encoder.encode(text));
    return block;
  });
  const { texts } = PROMISES;
  const setBare = () => {
    for (let index = 0; index < COUNT; index++) {
      const data = encoder.encode(text);
      const block = heap.allocate(data.length)!;
      heap.write(block, data);
      heap.deallocate(blocks[index]);
      blocks[index] = block;
    }
  };
  const setName = () => {
    for (let index = 0; index < COUNT; index++) views[index].name = text;
  };
  const getBare = () => {
    let sum = 0;
    for (let index = 0; index < COUNT; index++) sum += decoder.decode(heap.read(blocks[index], text.length)).length;
    return sum;
  };
  const getName = () => {
    let sum = 0;
    for (let index = 0; index < COUNT; index++) sum += views[index].name.length;
    return sum;
  };
  return [
    [`set a text of ${text.length}`, setName, setBare, texts],
    [`get a text of ${text.length}`, getName, getBare, texts],
  ];
}
