/**
 * One case of the fuzz: a heap in use is damaged, then looked at through the public API. Whatever was damaged, every
 * call returns or throws an AllocatorError, and leaves the lock as it found it.
 */
import { AllocatorError, MemoryManager, type HeapHandle } from '../../../src/index.ts';
import { Lock } from '../../../src/layout/regions.ts';
import { isFree } from '../../../src/sync/lock-word.ts';
import { damageWords, editHeader, forgeHeader, type Damage } from './damage.ts';
import { bufferOf, visitorLiveness, type HeapImage } from './images.ts';
import { Random } from './random.ts';

/** What came of one case: how often each thing happened, and what must not happen. */
export interface Verdict {
  readonly outcomes: readonly string[];
  readonly violation?: string;
}

type Call = readonly [name: string, act: (heap: MemoryManager, address: number, random: Random) => unknown];

/** Calls that look at the heap, or mend it. */
const LOOKS: readonly Call[] = [
  ['check', (heap) => heap.check()],
  ['stats', (heap) => heap.stats()],
  ['blocks', (heap) => [...heap.blocks()]],
  ['freeRuns', (heap) => [...heap.freeRuns()]],
  ['recover', (heap) => heap.recover()],
  ['sizeOf', (heap, address) => heap.sizeOf(address)],
  ['read', (heap, address) => heap.read(address, 8)],
];

/** Calls that change it. What they do to a damaged heap is not promised, only that they end. */
const CHANGES: readonly Call[] = [
  ['allocate', (heap, _, random) => heap.allocate(random.below(4000))],
  ['allocate aligned', (heap, _, random) => heap.allocate(random.below(4000), { alignment: 1 << random.below(13) })],
  ['deallocate', (heap, address) => heap.deallocate(address)],
  ['reallocate', (heap, address, random) => heap.reallocate(address, random.below(4000))],
];

export function runCase(images: readonly HeapImage[], seed: number, number: number): { damage: Damage } & Verdict {
  const random = new Random(seed, number);
  const image = random.pick(images);
  const buffer = bufferOf(image);
  const damage = random.pick([editHeader, forgeHeader, damageWords, damageWords])(buffer, random);
  const trial = new Trial(buffer, image, damage, random);
  return { damage: { ...damage, what: `${image.title}: ${damage.what}` }, ...trial.run() };
}

class Trial {
  readonly #words: Int32Array;
  readonly #image: HeapImage;
  readonly #handle: HeapHandle;
  readonly #damage: Damage;
  readonly #random: Random;
  readonly #outcomes: string[] = [];
  #violation: string | undefined;

  constructor(buffer: SharedArrayBuffer, image: HeapImage, damage: Damage, random: Random) {
    this.#words = new Int32Array(buffer, 0, Lock.END);
    this.#image = image;
    this.#handle = { buffer };
    this.#damage = damage;
    this.#random = random;
  }

  run(): Verdict {
    const heap = this.#attach();
    if (heap !== undefined) this.#use(heap);
    if (this.#violation === undefined) return { outcomes: this.#outcomes };
    return { outcomes: this.#outcomes, violation: this.#violation };
  }

  #attach(): MemoryManager | undefined {
    let heap: MemoryManager | undefined;
    const outcome = this.#outcomeOf('attach', () => {
      heap = MemoryManager.attach(this.#handle, { liveness: visitorLiveness });
    });
    if (this.#damage.kind === 'header' && outcome !== 'LAYOUT_MISMATCH') {
      this.#violation ??= `attach to an edited header: ${outcome}`;
    }
    return heap;
  }

  #use(heap: MemoryManager): void {
    const calls = [...shuffled(LOOKS, this.#random), ...Array.from({ length: 8 }, () => this.#random.pick(CHANGES))];
    for (const [name, act] of [...calls, ...LOOKS]) {
      const address = this.#random.pick(this.#image.addresses);
      this.#outcomeOf(name, () => act(heap, address, this.#random));
    }
    this.#outcomeOf('detach', () => heap.detach());
  }

  #outcomeOf(name: string, act: () => void): string {
    const lock = Atomics.load(this.#words, Lock.OWNER);
    const outcome = this.#resultOf(name, act);
    const after = Atomics.load(this.#words, Lock.OWNER);
    if (after !== lock && !isFree(after)) this.#violation ??= `${name} left ${after} in the lock, which held ${lock}`;
    this.#outcomes.push(`${name}: ${outcome}`);
    return outcome;
  }

  #resultOf(name: string, act: () => void): string {
    try {
      act();
      return 'ok';
    } catch (error) {
      if (error instanceof AllocatorError) return error.code;
      const { stack = '' } = error as Error;
      this.#violation ??= `${name} threw ${stack.split('\n', 4).join('')}`;
      return 'another error';
    }
  }
}

function shuffled<Element>(elements: readonly Element[], random: Random): Element[] {
  const rest = [...elements];
  return elements.map(() => rest.splice(random.below(rest.length), 1)[0]);
}
