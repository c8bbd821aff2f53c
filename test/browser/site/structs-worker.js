/** Changes the struct of the page, and links one of its own to it. */
import { MemoryManager } from '../dist/src/index.js';
import { Node } from './struct-fields.js';

self.addEventListener('message', ({ data: { handle, first: address } }) => {
  const heap = MemoryManager.attach(handle);
  const first = Node.at(heap, address);
  for (let round = 0; round < 1000; round++) first.hits.add(1);
  first.name = 'ž from the worker';
  first.next = Node.allocate(heap, { id: 2, name: 'second', pos: [4, 5, 6], next: first });
  heap.detach();
  self.postMessage('done');
});
