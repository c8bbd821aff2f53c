/**
 * The explorer: every interleaving of unmodified Atomics code, on real threads.
 */
export { explore, replay, type ReplayResult } from './explore.ts';
export type { Failure, FailureKind } from './outcome/failure.ts';
export type { ExploreOptions } from './options.ts';
export type { PlainMode } from './patches/plain-access.ts';
export type { Progress } from './outcome/progress.ts';
export type { Replacement } from './host/replacement.ts';
export { formatFailure, formatResult } from './outcome/report.ts';
export { toJson, type ExploreResult, type JsonReport, type Summary } from './outcome/result.ts';
export { defineScenario, ScenarioError, type RunEnd, type Scenario } from './host/scenario.ts';
export { ScheduleStringError } from './trace/schedule-string.ts';
export { pct, preemptions, random, type Strategy } from './search/strategy.ts';
export type { TraceEntry } from './trace/tracer.ts';
