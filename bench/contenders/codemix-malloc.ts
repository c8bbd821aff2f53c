/** malloc by codemix: a skip list of free blocks. It takes an ArrayBuffer only, so it cannot be shared. */
import { createRequire } from 'node:module';
import { HEAP_BYTES, type Contender } from './contender.ts';

/** The part of its interface that is used here; the package has no types. */
interface CodemixAllocator {
  alloc(size: number): number;
  free(address: number): number;
}

export const codemixMalloc: Contender<number, undefined> = {
  name: 'malloc (codemix)',
  share: () => undefined,
  attach() {
    const require = createRequire(import.meta.url);
    const Malloc = require('malloc') as new (buffer: ArrayBuffer) => CodemixAllocator;
    const pool = new Malloc(new ArrayBuffer(HEAP_BYTES));
    return {
      allocate(size) {
        const address = pool.alloc(size);
        if (address === 0) throw new Error('alloc returned 0');
        return address;
      },
      deallocate: (address) => void pool.free(address),
    };
  },
};
