/** @thi.ng/malloc: first fit over linked lists in one buffer, not thread-safe. */
import { MemPool } from '@thi.ng/malloc';
import { HEAP_BYTES, type Allocator, type Contender } from './contender.ts';

export const thiNg: Contender<number, SharedArrayBuffer> = {
  name: '@thi.ng/malloc',
  share: createPoolBuffer,
  attach: attachPool,
};

export function createPoolBuffer(): SharedArrayBuffer {
  const buf = new SharedArrayBuffer(HEAP_BYTES);
  new MemPool({ buf }).release();
  return buf;
}

export function attachPool(buf: SharedArrayBuffer): Allocator<number> {
  const pool = new MemPool({ buf, skipInitialization: true });
  return {
    allocate(size) {
      const address = pool.malloc(size);
      if (address === 0) throw new Error('malloc returned 0');
      return address;
    },
    deallocate(address) {
      if (!pool.free(address)) throw new Error('free returned false');
    },
  };
}
