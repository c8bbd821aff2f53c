/**
 * @daneren2005/shared-memory-objects: thread-safe, a futex around thi.ng's lists in buffers of at most 1 MiB.
 *
 * It is published as sources for a web bundler: imports without extension, `import.meta.env`. So it is bundled here as
 * such a bundler would for production. Its lock asks `self` whether it runs in a worker; Node's workers have no `self`
 * and the lock would throw when two threads meet in it, so the bundle is given one.
 */
import { build } from 'esbuild';
import { HEAP_BYTES, type Contender } from './contender.ts';

const BUFFER_BYTES = 2 ** 20;

/** The part of its interface that is used here. */
interface Allocation {
  free(): void;
}
interface MemoryHeap {
  allocUI32(count: number): Allocation;
  getSharedMemory(): { buffers: SharedArrayBuffer[] };
}
interface Library {
  MemoryHeap: new (
    config: { bufferSize: number; initialBuffers: number } | { buffers: SharedArrayBuffer[] },
  ) => MemoryHeap;
}

/** The bundle's source, and the buffers of its heap. */
interface Shared {
  readonly source: string;
  readonly memory: { buffers: SharedArrayBuffer[] };
}

export const daneren: Contender<Allocation, Shared> = {
  name: '@daneren2005/shared-memory-objects',
  async share() {
    const source = await bundled();
    const { MemoryHeap } = await load(source);
    const heap = new MemoryHeap({ bufferSize: BUFFER_BYTES, initialBuffers: HEAP_BYTES / BUFFER_BYTES });
    return { source, memory: heap.getSharedMemory() };
  },
  async attach({ source, memory }) {
    const { MemoryHeap } = await load(source);
    const heap = new MemoryHeap(memory);
    return {
      allocate: (size) => heap.allocUI32(Math.ceil(size / Uint32Array.BYTES_PER_ELEMENT)),
      deallocate: (allocation) => allocation.free(),
    };
  },
};

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { MemoryHeap } from '@daneren2005/shared-memory-objects';`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    define: { 'import.meta.env.MODE': '"production"' },
    banner: { js: 'const self = { WorkerGlobalScope: true };' },
    write: false,
  });
  return outputFiles[0].text;
}

function load(source: string): Promise<Library> {
  return import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`) as Promise<Library>;
}
