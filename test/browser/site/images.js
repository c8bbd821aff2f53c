/** Images by bytes alone: a heap saved and loaded in the page, one that Node has saved, and one for Node. */
import { MemoryManager } from '../dist/src/index.js';
import { isPattern, patternOf } from './pattern.js';

const BLOCKS = 200;

function filledHeap() {
  const heap = new MemoryManager(2 ** 20);
  const addresses = Array.from({ length: BLOCKS }, () => heap.allocate(1000));
  addresses.forEach((address, index) => heap.write(address, patternOf(0, index)));
  heap.root = addresses[7];
  return { heap, addresses };
}

export function saveAndLoad() {
  const { heap, addresses } = filledHeap();
  const image = heap.image();
  const loaded = MemoryManager.load(image.buffer);
  loaded.check();
  return {
    isSame: addresses.every((address, index) => isPattern(loaded.read(address, 1000), 0, index)),
    isRoot: loaded.root === addresses[7],
    liveBytes: loaded.stats().liveBytes,
    compressed: codeOf(() => heap.image({ compress: true })),
    file: codeOf(() => heap.save('heap.image')),
    damaged: codeOf(() => MemoryManager.load(image.with(image.length - 1, image.at(-1) ^ 1))),
  };
}

/** Adds to the text at the root of an image, and gives the image of that. Both are Base64. */
export function addToRoot(base64) {
  const heap = MemoryManager.load(Uint8Array.from(atob(base64), (character) => character.codePointAt(0)));
  heap.check();
  const text = new TextDecoder().decode(heap.read(heap.root, 12));
  const address = heap.allocate(100, { zeroed: true });
  heap.write(address, new TextEncoder().encode(`${text}, and from Chromium`));
  heap.root = address;
  return btoa(String.fromCodePoint(...heap.image()));
}

function codeOf(act) {
  try {
    return act();
  } catch (error) {
    return error.code;
  }
}
