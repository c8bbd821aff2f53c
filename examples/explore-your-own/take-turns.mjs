/**
 * The program that both stacks are put through: thread a pops a node; thread b pops two and pushes the first back. No
 * node may be on the stack while a thread has it.
 */

const NODES = 3;
/** Where the threads write down which nodes they have. */
const [HELD_BY_A, HELD_BY_B] = [NODES + 1, NODES + 2];

/** @returns {import('threadheap/explore').Scenario} */
export function takeTurns(stack) {
  return {
    threads: 2,
    bytes: 64,
    setup(buffer) {
      const words = new Int32Array(buffer);
      for (let node = NODES; node > 0; node--) stack.push(words, node);
    },
    thread(index, buffer) {
      const words = new Int32Array(buffer);
      const first = stack.pop(words);
      if (index === 0) {
        words[HELD_BY_A] = first;
        return;
      }
      words[HELD_BY_B] = stack.pop(words);
      stack.push(words, first);
    },
    check(buffer) {
      const words = new Int32Array(buffer);
      const nodes = [words[HELD_BY_A], words[HELD_BY_B]].filter((node) => node !== 0);
      for (let node = stack.pop(words); node !== 0 && nodes.length <= NODES; node = stack.pop(words)) nodes.push(node);
      if (nodes.toSorted((one, other) => one - other).join() !== '1,2,3')
        throw new Error(`nodes held and on the stack: ${nodes.join(' ')}`);
    },
    nameOf: (address) => (address === 0 ? 'top' : address <= 4 * NODES ? `below ${address / 4}` : undefined),
  };
}
