/**
 * A scenario for a published package, written from its documentation alone. The documentation of sharedmap 1.2.0 promises
 * that `get` and `set` are "fully thread-safe" and "can execute in parallel", with "deadlock recovery".
 *
 * `setup` fills the four places of a small map and takes two keys out again. What it returns is posted to every thread,
 * as one would post the map to a worker, and as there the prototype must be put back. Then one thread adds a key while
 * another reads one.
 */
import SharedMap from 'sharedmap';
import { defineScenario } from 'threadheap/explore';

const PLACES = 4;

export default defineScenario({
  name: 'sharedmap',
  threads: 2,
  setup() {
    const map = new SharedMap(PLACES, 8, 8);
    // The map puts a, d, g at the places 1, 0, 2, and e, whose place d has taken, at the last one.
    for (const key of ['d', 'a', 'g', 'e']) map.set(key, key);
    map.delete('a');
    map.delete('g');
    return map;
  },
  thread(index, _buffer, shared) {
    const map = received(shared);
    if (index === 0) {
      // The place of h is the last one, too.
      map.set('h', 'new');
      return undefined;
    }
    return map.get('e');
  },
  check(_buffer, { results }, shared) {
    const map = received(shared);
    if (results[1] !== 'e' || map.get('h') !== 'new') {
      throw new Error(`e was read as ${results[1]}, h is ${map.get('h')}`);
    }
  },
});

/** A map as it arrives in another thread: a plain object. */
function received(map) {
  return Object.setPrototypeOf(map, SharedMap.prototype);
}
