import { workerData } from 'node:worker_threads';
import { MemoryManager } from 'threadheap';
import { Person } from './person.mjs';

const heap = MemoryManager.attach(workerData.handle);

const ada = Person.at(heap, workerData.start);
ada.visits.add(1);
ada.visits.notify();

const grace = ada.friends.at(0);
grace.name = 'Grace Hopper'; // takes effect at once: others see the old name or the new one
grace.friends.set(1, Person.allocate(heap, { name: 'Barbara', born: 1939 }));

heap.detach();
