/**
 * A list of pieces of memory that is filled under the lock: two numbers each, in an array that has room enough for one
 * hold of the lock, so that nothing is allocated meanwhile. What users see is made when they ask for it.
 */
import { SLOT_LIMIT } from '../slab/size-class.ts';
import { SLICE_STEPS } from './sliced-walk.ts';

/** A piece of memory: where, how many bytes, and a mark. */
export interface Piece {
  readonly address: number;
  readonly size: number;
  readonly mark: boolean;
}

/** Numbers of a piece: its address; its size, negated when it has the mark. */
const WIDTH = 2;
/** Most pieces of one slice: each step adds one at most, and the last may be a slab with as many slots. */
const ROOM = SLICE_STEPS + SLOT_LIMIT;

export class PieceList<Info> implements Iterable<Info> {
  readonly #infoOf: (piece: Piece) => Info;
  readonly #pages: Float64Array[] = [];
  readonly #room: Float64Array = new Float64Array(WIDTH * ROOM);
  #used = 0;

  constructor(infoOf: (piece: Piece) => Info) {
    this.#infoOf = infoOf;
  }

  add(address: number, size: number, mark: boolean): void {
    this.#room[this.#used++] = address;
    this.#room[this.#used++] = mark ? -size : size;
  }

  /** Puts away what was added, after which there is room for another slice. */
  makeRoom(): void {
    if (this.#used > 0) this.#pages.push(this.#room.slice(0, this.#used));
    this.#used = 0;
  }

  *[Symbol.iterator](): Iterator<Info> {
    for (const page of this.#pages) {
      for (let index = 0; index < page.length; index += WIDTH) {
        const size = page[index + 1];
        yield this.#infoOf({ address: page[index], size: Math.abs(size), mark: size < 0 });
      }
    }
  }
}
