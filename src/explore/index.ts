/**
 * The explorer: every interleaving of unmodified Atomics code, on real threads.
 */
export { explore, replay, type ReplayResult } from './explore.ts';
export type { Failure, FailureKind } from './failure.ts';
export type { ExploreOptions } from './options.ts';
export type { PlainMode } from './plain-access.ts';
export type { Replacement } from './replacement.ts';
export { formatFailure, formatResult } from './report.ts';
export { toJson, type ExploreResult, type JsonReport, type Summary } from './result.ts';
export { defineScenario, ScenarioError, type RunEnd, type Scenario } from './scenario.ts';
export { ScheduleStringError } from './schedule-string.ts';
export { pct, preemptions, random, type Strategy } from './strategy.ts';
export type { TraceEntry } from './tracer.ts';
