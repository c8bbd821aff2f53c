/**
 * Explore your own: every interleaving of two lock-free stacks. The broken one fails in the third schedule, with the
 * steps that led there; the mended one holds in all. The same from a shell, with the exit code 1 for the broken one:
 * `npx threadheap explore broken-stack.scenario.mjs`.
 */
import { explore, formatResult } from 'threadheap/explore';

for (const name of ['broken', 'mended']) {
  const result = await explore(new URL(`${name}-stack.scenario.mjs`, import.meta.url));
  console.log(`${formatResult(result)}\n`);
}
