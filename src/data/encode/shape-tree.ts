/**
 * The shapes of one value while it is written: sequences of keys, found by walking a tree one key at a time. Objects of
 * the same shape mostly come one after another, so each node remembers the branch that was taken last.
 */
import { SHAPE_LIMIT } from '../format/value-format.ts';

/** The keys from the root to here, as far as they have been seen. */
class ShapeNode {
  /** Index of the shape that ends here; −1 if there is none. */
  shape = -1;
  lastKey: string | undefined = undefined;
  lastNode: ShapeNode | undefined = undefined;
  branches: Map<string, ShapeNode> | undefined = undefined;

  child(key: string): ShapeNode {
    if (this.lastKey === key) return this.lastNode!;
    this.branches ??= new Map();
    let node = this.branches.get(key);
    if (node === undefined) this.branches.set(key, (node = new ShapeNode()));
    this.lastKey = key;
    return (this.lastNode = node);
  }
}

/** Numbers sequences of keys. */
export class ShapeTree {
  readonly #root = new ShapeNode();
  /** The keys of each shape. */
  readonly shapes: string[][] = [];

  /** Index of the shape with these keys; −1 if there are too many shapes for another one. */
  indexOf(keys: string[]): number {
    let node = this.#root;
    for (let index = 0; index < keys.length; index++) node = node.child(keys[index]);
    if (node.shape < 0 && this.shapes.length < SHAPE_LIMIT) node.shape = this.shapes.push(keys) - 1;
    return node.shape;
  }
}
