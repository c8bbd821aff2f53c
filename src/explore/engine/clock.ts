/**
 * Time and chance inside a scenario. Outside of one (imports, the engine) everything is as it was.
 *
 * The clock stands still but for two things: a timeout that fires moves it to its deadline, and each reading adds a
 * microsecond of its thread's own, so that a thread's readings rise and do not depend on how often others read.
 * `Math.random` and `crypto.getRandomValues` yield the same numbers for the same thread in every schedule.
 */
import { Word, type Board } from './board.ts';
import { following, fraction, seeded } from '../../xorshift.ts';

/** 1 January 2025, in milliseconds: where the virtual clock starts. */
const EPOCH = 1_735_689_600_000;
const READING = 0.001;

/** One thread's view of time and chance. */
export class VirtualClock {
  readonly #board: Board;
  #readings = 0;
  #random = 1;

  constructor(board: Board) {
    this.#board = board;
  }

  /** Starts over, as every schedule does. */
  restart(thread: number): void {
    this.#readings = 0;
    this.#random = seeded(1, thread);
  }

  /** Virtual milliseconds since the schedule began. */
  now(): number {
    this.#board.words[Word.CLOCK_READ] = 1;
    this.#readings++;
    return this.#board.clock[0] + this.#readings * READING;
  }

  /** 32 pseudo-random bits. */
  bits(): number {
    this.#random = following(this.#random);
    return this.#random;
  }
}

/** Replaces the clocks and the sources of randomness by virtual ones wherever `inside()` holds. */
export function patchClock(clock: VirtualClock, inside: () => boolean): void {
  const { now } = Date;
  const performanceNow = performance.now.bind(performance);
  const { random } = Math;
  const fill = crypto.getRandomValues.bind(crypto);
  const uuid = crypto.randomUUID.bind(crypto);
  Date.now = () => (inside() ? Math.trunc(EPOCH + clock.now()) : now());
  performance.now = () => (inside() ? clock.now() : performanceNow());
  Math.random = () => (inside() ? fraction(clock.bits()) : random());
  crypto.getRandomValues = (view) => (inside() ? fillFrom(clock, view) : fill(view));
  crypto.randomUUID = () => (inside() ? uuidFrom(clock) : uuid());
}

function fillFrom<View extends ArrayBufferView | null>(clock: VirtualClock, view: View): View {
  if (view === null) return view;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let at = 0; at < bytes.length; at++) bytes[at] = clock.bits();
  return view;
}

function uuidFrom(clock: VirtualClock): ReturnType<Crypto['randomUUID']> {
  const hex = (digits: number): string => (clock.bits() >>> 0).toString(16).padStart(8, '0').slice(0, digits);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(8)}${hex(4)}`;
}
