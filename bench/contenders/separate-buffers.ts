/** No heap at all: one SharedArrayBuffer per block, freed by the garbage collector. What most programs do. */
import type { Contender } from './contender.ts';

export const separateBuffers: Contender<SharedArrayBuffer, undefined> = {
  name: 'new SharedArrayBuffer per block',
  share: () => undefined,
  attach: () => ({
    allocate: (size) => new SharedArrayBuffer(size),
    deallocate: () => undefined,
  }),
};
