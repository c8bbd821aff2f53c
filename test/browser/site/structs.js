/** Structs and values where code must not be made from text: written here, changed by a worker, read again. */
import { MemoryManager } from '../dist/src/index.js';
import { clone, open, share } from '../dist/src/data/index.js';
import { Node, TEXTS } from './struct-fields.js';

export async function changeStructs() {
  const heap = new MemoryManager(2 ** 22);
  const first = Node.allocate(heap, { id: 1, name: 'first', pos: [1, 2, 3] });
  const areTextsSame = TEXTS.map((text) => {
    first.name = text;
    return first.name === text;
  });
  const value = open(heap, share(heap, { texts: TEXTS, at: [{ x: 1.5 }] }));
  await answerOf(new Worker('/site/structs-worker.js', { type: 'module' }), {
    handle: heap.handle,
    first: first.address,
  });
  heap.check();
  return {
    isEvalRefused: isEvalRefused(),
    areTextsSame: areTextsSame.every(Boolean),
    areSharedTextsSame: JSON.stringify(clone(value)) === JSON.stringify({ texts: TEXTS, at: [{ x: 1.5 }] }),
    hits: first.hits.load(),
    name: first.name,
    next: { ...JSON.parse(JSON.stringify(first.next)), next: first.next.next.id },
  };
}

function answerOf(worker, message) {
  return new Promise((resolve, reject) => {
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.addEventListener('message', resolve);
    worker.postMessage(message);
  });
}

function isEvalRefused() {
  try {
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- to see that it is refused
    return new Function('return false')();
  } catch {
    return true;
  }
}
