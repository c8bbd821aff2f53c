/**
 * A matcher for vitest: `expect(await explore(…)).toHoldOnEverySchedule()`. Importing this module registers it.
 */
import { expect } from 'vitest';
import type { ExploreResult } from './outcome/result.ts';
import { formatResult } from './outcome/report.ts';

interface ScheduleMatchers<Result> {
  /** Passes for the result of an exploration in which no schedule failed; the message is the explorer's report. */
  toHoldOnEverySchedule(): Result;
}

declare module 'vitest' {
  // oxlint-disable-next-line typescript/no-empty-object-type -- merging into vitest's interface is how matchers are typed
  interface Matchers<T> extends ScheduleMatchers<T> {}
}

expect.extend({
  toHoldOnEverySchedule(result: ExploreResult) {
    return { pass: result.outcome === 'held', message: () => formatResult(result) };
  },
});
