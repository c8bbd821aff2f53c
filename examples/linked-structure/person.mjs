/** What both threads define alike: the heap refuses another struct of that name. */
import { array, atomic, i32, ref, string, struct } from 'threadheap/data';

export const Person = struct('Person', {
  name: string,
  born: i32,
  visits: atomic(i32),
  get friends() {
    return array(ref(Person), 3);
  },
});
