/**
 * Explore a package: threads that use a published shared map as its documentation says, under every interleaving. In one
 * of them both sleep for ever.
 *
 * The report shows how. Each place of the map has a lock, a bit of one word. Thread a puts h at the last place, finds it
 * taken by e, and asks for the lock of the next free place while it keeps that of the last: the next one after the last
 * is the first. Thread b looks for e, whose place is the first; it has the lock of that, and follows the chain to the
 * last. Each has what the other wants. The map looks for such circles only where a chain leads backwards, and neither
 * of these steps is one.
 *
 * A plain test finds it rarely: one thread must come between two neighbouring operations of the other. The explorer needs
 * some twenty schedules. The same from a shell, with the exit code 1: `npx threadheap explore map.scenario.mjs`.
 */
import { explore, formatResult } from 'threadheap/explore';

const result = await explore(new URL('map.scenario.mjs', import.meta.url));
console.log(formatResult(result));
