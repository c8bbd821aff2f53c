/** The struct that the page and its worker have in common. */
import { array, atomic, f64, i32, ref, string, struct } from '../dist/src/data/index.js';

export const Node = struct('Node', {
  id: i32,
  hits: atomic(i32),
  name: string,
  pos: array(f64, 3),
  get next() {
    return ref(Node);
  },
});

export const TEXTS = [
  '',
  'a',
  '\0',
  'a\0b',
  'ž'.repeat(20),
  '🧵',
  '\ud800',
  'a\udfff',
  '\ufeffbom',
  'x'.repeat(100_000),
  '🧵ž'.repeat(9999),
];
