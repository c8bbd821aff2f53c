/**
 * Which free run serves a request: what users implement, and how their choice is run and verified.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import { NO_UNIT, type Unit } from '../layout/units.ts';
import type { Layout } from '../layout/layout.ts';
import type { UserCode } from '../sync/user-code.ts';
import type { Fit, FreeRunIndex } from './fit.ts';

/** A free run: where it starts, and how many units it has. A block is taken from its low end. */
export interface FreeRun {
  /** Byte address of its first unit. */
  readonly address: number;
  readonly unitCount: number;
}

/** The free runs of the heap as a strategy sees them, valid only during the call of `choose`. */
export interface FreeRuns {
  /** The run with the lowest address among those of at least `unitCount` units. Logarithmic. */
  lowestAtLeast(unitCount: number): FreeRun | undefined;
  /** A run of the smallest length that is at least `unitCount`. Constant but for summaries. */
  smallestAtLeast(unitCount: number): FreeRun | undefined;
  /** The lowest run of at least `unitCount` units that starts at byte `address` or above. Logarithmic. */
  lowestAtLeastFrom(unitCount: number, address: number): FreeRun | undefined;
  /** The lowest of the longest runs. Logarithmic. */
  largest(): FreeRun | undefined;
  /** Every run in address order. Linear. */
  all(): Iterable<FreeRun>;
}

/**
 * A placement policy. All threads of a heap use the same one: the heap remembers its name, and each thread that
 * attaches brings the strategy along.
 */
export interface FitStrategy {
  /** 1 to 60 bytes of UTF-8, by which threads agree on the strategy. */
  readonly name: string;
  /**
   * Chooses a free run of at least `unitCount` units, or `undefined` for "none". Called under the lock: it must
   * return soon and may not call the heap.
   */
  choose(runs: FreeRuns, unitCount: number): FreeRun | undefined;
}

/** A strategy and its name as it was when it was read. */
export interface NamedStrategy {
  readonly name: string;
  readonly strategy: FitStrategy;
}

/** Runs a user's strategy and refuses a choice that is no free run or too short. */
export class CustomFit implements Fit {
  readonly name: string;
  readonly #strategy: FitStrategy;
  readonly #layout: Layout;
  readonly #userCode: UserCode;

  constructor({ name, strategy }: NamedStrategy, layout: Layout, userCode: UserCode) {
    this.name = name;
    this.#strategy = strategy;
    this.#layout = layout;
    this.#userCode = userCode;
  }

  /** Whether it runs this very strategy. */
  runs({ name, strategy }: NamedStrategy): boolean {
    return name === this.name && strategy === this.#strategy;
  }

  find(index: FreeRunIndex, unitCount: number): Unit {
    const before = this.#userCode.enter(`fit ${shown(this.name)}`);
    try {
      const choice = this.#strategy.choose(new FreeRunsView(index, this.#layout), unitCount);
      return choice === undefined ? NO_UNIT : this.#verified(choice, index, unitCount);
    } finally {
      this.#userCode.running = before;
    }
  }

  #verified(choice: FreeRun, index: FreeRunIndex, unitCount: number): Unit {
    const address = choice?.address;
    const unit = Number.isInteger(address) ? this.#layout.unitAt(address) : NO_UNIT;
    if (index.lengthAt(unit) >= unitCount && this.#layout.addressOf(unit) === address) return unit;
    throw new AllocatorError(
      'BAD_OPTION',
      `fit ${shown(this.name)} chose ${shown(address ?? choice)}, where no free run of at least ${unitCount} units starts`,
    );
  }
}

class FreeRunsView implements FreeRuns {
  readonly #index: FreeRunIndex;
  readonly #layout: Layout;

  constructor(index: FreeRunIndex, layout: Layout) {
    this.#index = index;
    this.#layout = layout;
  }

  lowestAtLeast(unitCount: number): FreeRun | undefined {
    return this.#runAt(this.#mayExist(unitCount) ? this.#index.lowestAtLeast(atLeastOne(unitCount)) : NO_UNIT);
  }

  smallestAtLeast(unitCount: number): FreeRun | undefined {
    return this.#runAt(this.#mayExist(unitCount) ? this.#index.smallestAtLeast(atLeastOne(unitCount)) : NO_UNIT);
  }

  lowestAtLeastFrom(unitCount: number, address: number): FreeRun | undefined {
    const { base, unitBytes, unitLimit } = this.#layout;
    const unit = Math.max(0, Math.ceil((address - base) / unitBytes));
    if (!this.#mayExist(unitCount) || !(unit < unitLimit)) return undefined;
    return this.#runAt(this.#index.lowestAtLeastFrom(atLeastOne(unitCount), unit as Unit));
  }

  largest(): FreeRun | undefined {
    return this.#runAt(this.#index.largest());
  }

  *all(): Iterable<FreeRun> {
    for (let unit = this.#index.nextFrom(0 as Unit); unit !== NO_UNIT; unit = this.#index.nextFrom(unit, true)) {
      yield this.#runAt(unit)!;
    }
  }

  /** The index is made for counts that a run can have; NaN is none. */
  #mayExist(unitCount: number): boolean {
    return unitCount <= this.#layout.unitLimit;
  }

  #runAt(unit: Unit): FreeRun | undefined {
    if (unit === NO_UNIT) return undefined;
    return { address: this.#layout.addressOf(unit), unitCount: this.#index.lengthAt(unit) };
  }
}

function atLeastOne(unitCount: number): number {
  return Math.max(1, Math.ceil(unitCount));
}
