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
  /** Called at each reading. */
  onRead: () => void = () => undefined;
  #readings = 0;
  #random = 1;
  #standsStill = false;
  #randomAtMark = 1;

  constructor(board: Board) {
    this.#board = board;
  }

  /** Starts over, as every schedule does. */
  restart(thread: number): void {
    this.#readings = 0;
    this.#random = seeded(1, thread);
    this.#standsStill = false;
  }

  /** Time stands still from here on, and chance is as if nothing had been drawn when it goes on. */
  mark(): void {
    this.#standsStill = true;
    this.#randomAtMark = this.#random;
  }

  backToMark(): void {
    this.#standsStill = false;
    this.#random = this.#randomAtMark;
  }

  /** Virtual milliseconds since the schedule began. */
  now(): number {
    this.#board.words[Word.CLOCK_READ] = 1;
    this.onRead();
    if (!this.#standsStill) this.#readings++;
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
  const virtualNow = (): number => Math.trunc(EPOCH + clock.now());
  patchDate(inside, virtualNow);
  patchHrtime(inside, () => clock.now());
  const performanceNow = performance.now.bind(performance);
  const { random } = Math;
  const fill = crypto.getRandomValues.bind(crypto);
  const uuid = crypto.randomUUID.bind(crypto);
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

/** `Date.now()`, `new Date()` and `Date()`. Dates of a given time are what they were. */
function patchDate(inside: () => boolean, virtualNow: () => number): void {
  const RealDate = Date;
  const { now } = RealDate;
  RealDate.now = () => (inside() ? virtualNow() : now());
  const replacement = new Proxy(RealDate, {
    construct(target, given: unknown[], newTarget): object {
      const time = given.length === 0 && inside() ? [virtualNow()] : given;
      return Reflect.construct(target, time, newTarget === replacement ? target : newTarget) as object;
    },
    apply: () => String(inside() ? new RealDate(virtualNow()) : new RealDate()),
  });
  Object.defineProperty(RealDate.prototype, 'constructor', { value: replacement, writable: true, configurable: true });
  globalThis.Date = replacement;
}

const NANOSECONDS = 1_000_000_000n;

/** `process.hrtime` and `process.uptime`, where there is a process. */
function patchHrtime(inside: () => boolean, now: () => number): void {
  const real = process.hrtime;
  const realUptime = process.uptime.bind(process);
  const bigint = (): bigint => (inside() ? BigInt(Math.round(now() * 1e6)) : real.bigint());
  const hrtime = (since?: [number, number]): [number, number] => {
    if (!inside()) return real(since);
    const passed = bigint() - (since === undefined ? 0n : BigInt(since[0]) * NANOSECONDS + BigInt(since[1]));
    const seconds = passed / NANOSECONDS - (passed % NANOSECONDS < 0n ? 1n : 0n);
    return [Number(seconds), Number(passed - seconds * NANOSECONDS)];
  };
  process.hrtime = Object.assign(hrtime, { bigint });
  process.uptime = () => (inside() ? now() / 1000 : realUptime());
}
