/** A struct that tests and the threads that they start have in common. */
import { atomic, i32, ref, string, struct } from '../../src/data/index.ts';

export const Shared = struct('Shared', {
  count: atomic(i32),
  text: string,
  get next() {
    return ref(Shared);
  },
});
