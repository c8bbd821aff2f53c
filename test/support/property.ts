/**
 * Generators that several property tests share. A property that fails prints its seed and path; giving them to
 * `fc.assert` as `{ seed, path }` replays it.
 */
import * as fc from 'fast-check';

/** A number that picks one of however many things there are at the time. */
export type Pick = number;

export const pick: fc.Arbitrary<Pick> = fc.nat({ max: 2 ** 20 });

/** The element that `choice` picks. The array must not be empty. */
export function picked<Element>(elements: readonly Element[], choice: Pick): Element {
  return elements[choice % elements.length];
}

/** Sizes that are small mostly, now and then of a few KiB, and as large as there is room for. */
export function sizes(most: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: Math.min(most, 200) }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: Math.min(most, 10_000) }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: most }) },
  );
}
