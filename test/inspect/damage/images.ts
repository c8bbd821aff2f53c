/**
 * Heaps in use, as bytes: what the fuzz damages. Each has blocks and free runs of many lengths; those with slabs have
 * slots freed by others, slabs of a thread that lives, of one that has left, and of one that has died.
 */
import { MemoryManager, type Liveness, type MemoryManagerOptions } from '../../../src/index.ts';
import { Layout } from '../../../src/layout/layout.ts';
import { openMember } from '../../../src/memory-manager/members.ts';
import { Random } from './random.ts';

/** A heap as bytes, with the addresses of its blocks. */
export interface HeapImage {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly maxByteLength: number;
  readonly addresses: readonly number[];
}

/** Identities: whoever looks at the damaged heap, two that live besides, and one that is dead. */
const VISITOR = 100;
const MAKER = 1;
const OTHER = 2;
const DEAD = 3;

const livenessOf = (identity: number): Liveness => ({ self: () => identity, isAlive: (other) => other !== DEAD });

/** The liveness of whoever looks at the damaged heap. */
export const visitorLiveness: Liveness = livenessOf(VISITOR);

const SIZES = [8, 16, 40, 64, 100, 200, 512, 1000, 3000];
/** Short, since a random word may well name a live thread in the lock. */
export const LOCK_TIMEOUT_MS = 5;

function imageOf(title: string, blockSize: number, options: MemoryManagerOptions): HeapImage {
  const random = new Random(blockSize, 1);
  const heap = new MemoryManager(blockSize, {
    ...options,
    maxThreads: 6,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    liveness: livenessOf(MAKER),
  });
  const others = [OTHER, DEAD, OTHER + 2].map(
    (identity) => new MemoryManager(openMember(new Layout(heap.buffer), { fits: [], liveness: livenessOf(identity) })),
  );
  const addresses: number[] = [];
  for (const one of [heap, ...others, heap]) addresses.push(...filled(one, random));
  for (const one of [...others, heap]) freeSome(one, addresses, random);
  others[2].detach();
  const bytes = new Uint8Array(heap.buffer).slice();
  const { maxByteLength } = heap.buffer;
  for (const one of [others[0], others[1], heap]) one.detach();
  return { title, bytes, maxByteLength, addresses };
}

function filled(heap: MemoryManager, random: Random): number[] {
  const taken = Array.from({ length: 12 }, () => heap.allocate(SIZES[random.below(SIZES.length)]));
  return taken.filter((address) => address !== null);
}

function freeSome(heap: MemoryManager, addresses: number[], random: Random): void {
  for (let count = Math.floor(addresses.length / 8); count > 0; count--) {
    heap.deallocate(addresses.splice(random.below(addresses.length), 1)[0]);
  }
}

const KIB = 1024;

export function heapImages(): HeapImage[] {
  return [
    imageOf('table', 16 * KIB, { slabs: false }),
    imageOf('table, growing', 8 * KIB, { slabs: false, maxByteLength: 64 * KIB, fit: 'best-fit' }),
    imageOf('slabs', 64 * KIB, { slabs: true }),
    imageOf('slabs, growing', 32 * KIB, { slabs: true, maxByteLength: 320 * KIB, fit: 'next-fit' }),
    imageOf('slabs by default', 1024 * KIB, {}),
  ];
}

/** A new buffer with the bytes of an image, growable if the heap was. */
export function bufferOf({ bytes, maxByteLength }: HeapImage): SharedArrayBuffer {
  const buffer =
    maxByteLength === bytes.length
      ? new SharedArrayBuffer(bytes.length)
      : new SharedArrayBuffer(bytes.length, { maxByteLength });
  new Uint8Array(buffer).set(bytes);
  return buffer;
}
