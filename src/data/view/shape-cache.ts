/**
 * The shapes that this thread has met, in whatever block or heap: one class for each sequence of keys. Found by hash, then
 * compared in full.
 */
import type { SharedBlock } from './shared-block.ts';
import { shapeClassFor, type ShapeClass } from './shared-object.ts';

/** One sequence of keys. */
export interface Shape {
  readonly keys: readonly string[];
  readonly indices: ReadonlyMap<string, number>;
  /** None if a key is `toJSON`: a class has a method of that name. */
  readonly Class: ShapeClass | undefined;
  /** The keys as they stand in blocks. */
  readonly text: string;
}

/** Beyond so many shapes the cache starts anew: a program with so many has no use for it. */
const CACHE_LIMIT = 4096;
const cache = new Map<number, Shape[]>();

/** The shape with an index in a block. */
export function shapeAt(block: SharedBlock, index: number): Shape {
  return (block.shapes[index] ??= findShape(block, index)) as Shape;
}

function findShape(block: SharedBlock, index: number): Shape {
  const hash = block.shapeHash(index);
  const text = block.shapeKeys(index);
  const found = cache.get(hash)?.find((shape) => shape.text === text);
  if (found !== undefined) return found;
  if (cache.size >= CACHE_LIMIT) cache.clear();
  const shape = makeShape(text);
  cache.set(hash, [...(cache.get(hash) ?? []), shape]);
  return shape;
}

function makeShape(text: string): Shape {
  const keys = JSON.parse(text) as string[];
  const indices = new Map(keys.map((key, index) => [key, index]));
  return { keys, indices, Class: indices.has('toJSON') ? undefined : shapeClassFor(keys), text };
}
