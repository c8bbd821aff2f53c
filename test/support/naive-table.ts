/**
 * The table as one would write it without caring for time: an array of segments in address order, searched from one
 * end to the other. The oracle that the real table is compared with.
 */
import type { FitName } from '../../src/index.ts';

/** A block or a free run, in units. */
export interface Segment {
  readonly start: number;
  readonly length: number;
  readonly isFree: boolean;
}

export class NaiveTable {
  segments: Segment[] = [];
  rover = 0;
  readonly unitLimit: number;

  constructor(unitCount: number, unitLimit: number = unitCount) {
    this.unitLimit = unitLimit;
    this.extend(unitCount);
  }

  get unitCount(): number {
    return this.segments.reduce((end, { length }) => end + length, 0);
  }

  get runs(): Segment[] {
    return this.segments.filter(({ isFree }) => isFree);
  }

  get blocks(): Segment[] {
    return this.segments.filter(({ isFree }) => !isFree);
  }

  /** Where the free run at the end starts, or the end. */
  get tail(): number {
    const last = this.segments.at(-1);
    return last?.isFree === true ? last.start : this.unitCount;
  }

  /** The runs that a fit may choose: several only where its definition leaves ties open. */
  choices(fit: FitName, unitCount: number): Segment[] {
    const enough = this.runs.filter(({ length }) => length >= unitCount);
    const lengths = enough.map(({ length }) => length);
    if (fit === 'first-fit') return enough.slice(0, 1);
    if (fit === 'best-fit') return enough.filter(({ length }) => length === Math.min(...lengths));
    if (fit === 'worst-fit') return enough.filter(({ length }) => length === Math.max(...lengths));
    return [...enough.filter(({ start }) => start >= this.rover), ...enough].slice(0, 1);
  }

  /** Where a block may be placed: at the low end of a chosen run, after what alignment skips. Empty = nowhere. */
  placements(fit: FitName, unitCount: number, alignment: number): number[] {
    const aligned = ({ start }: Segment) => Math.ceil(start / alignment) * alignment;
    const roomy = this.choices(fit, unitCount + alignment - 1);
    if (roomy.length > 0) return roomy.map(aligned);
    const lucky = this.runs.find((run) => aligned(run) + unitCount <= run.start + run.length);
    return lucky === undefined ? [] : [aligned(lucky)];
  }

  place(start: number, unitCount: number): void {
    const run = this.runs.find((candidate) => candidate.start <= start && start < candidate.start + candidate.length);
    if (run === undefined || start + unitCount > run.start + run.length) throw new Error(`no room at unit ${start}`);
    this.#replace(
      [run],
      [
        { start: run.start, length: start - run.start, isFree: true },
        { start, length: unitCount, isFree: false },
        { start: start + unitCount, length: run.start + run.length - start - unitCount, isFree: true },
      ],
    );
    this.rover = start + unitCount < this.unitCount ? start + unitCount : 0;
  }

  giveBack(start: number): void {
    const block = this.#blockAt(start);
    this.#replace([block], [{ ...block, isFree: true }]);
  }

  canResize(start: number, unitCount: number): boolean {
    return unitCount <= this.#blockAt(start).length + this.#lengthBehind(start);
  }

  resize(start: number, unitCount: number): void {
    const block = this.#blockAt(start);
    if (unitCount === block.length) return;
    const room = block.length + this.#lengthBehind(start);
    const behind = this.#behind(start);
    this.#replace(behind?.isFree === true ? [block, behind] : [block], [
      { start, length: unitCount, isFree: false },
      { start: start + unitCount, length: room - unitCount, isFree: true },
    ]);
  }

  /** The size to which the heap grows when it lacks memory, or `undefined` if growth cannot help. */
  grownFor(required: number, desired: number): number | undefined {
    const target = Math.min(this.unitLimit, Math.max(2 * this.unitCount, this.tail + desired));
    return this.tail + required <= this.unitLimit && target > this.unitCount ? target : undefined;
  }

  extend(unitCount: number): void {
    const added = this.unitCount;
    this.#replace([], [{ start: added, length: unitCount - added, isFree: true }]);
  }

  #blockAt(start: number): Segment {
    const block = this.blocks.find((candidate) => candidate.start === start);
    if (block === undefined) throw new Error(`no block at unit ${start}`);
    return block;
  }

  #behind(start: number): Segment | undefined {
    return this.segments[this.segments.indexOf(this.#blockAt(start)) + 1];
  }

  #lengthBehind(start: number): number {
    const behind = this.#behind(start);
    return behind?.isFree === true ? behind.length : 0;
  }

  #replace(old: Segment[], replacements: Segment[]): void {
    const kept = this.segments.filter((segment) => !old.includes(segment));
    const all = [...kept, ...replacements.filter(({ length }) => length > 0)].toSorted((a, b) => a.start - b.start);
    this.segments = [];
    for (const segment of all) {
      const last = this.segments.at(-1);
      if (last?.isFree === true && segment.isFree) {
        this.segments[this.segments.length - 1] = { ...last, length: last.length + segment.length };
      } else this.segments.push(segment);
    }
  }
}
