/**
 * The two entries for users: `explore` searches, `replay` repeats one schedule.
 *
 * A schedule that fails is run again twice. If it does not fail alike, with the same trace hash, the program depends on
 * something that the explorer does not control, and that is the finding.
 */
import { DEATH, Verdict, Word, type Board } from './engine/board.ts';
import { keyOf, Operation } from './engine/operation.ts';
import { describeThreads, describeVerdict, hashText, KINDS, preemptionsOf, type Failure } from './outcome/failure.ts';
import { checkedOptions, type ExploreOptions } from './options.ts';
import { progressOf } from './outcome/progress.ts';
import { idleThreads, reportsOf, summarize, type ExploreResult, type Summary } from './outcome/result.ts';
import { ScenarioError } from './host/scenario.ts';
import {
  decodeSchedule,
  encodeSchedule,
  ScheduleStringError,
  threadName,
  type Schedule,
} from './trace/schedule-string.ts';
import { Jobs } from './host/jobs.ts';
import { Session, type SessionOptions } from './host/session.ts';

/** Runs of a failing schedule besides the one that found it. */
const CONFIRMATIONS = 2;

/**
 * Tries the schedules of a scenario until one fails or all were tried.
 *
 * @param scenario - `file:` URL of a module whose default export is a scenario
 * @throws ScenarioError where there is nothing to explore: no such file, no scenario in it, `setup` throws, a `replace`
 *   pattern that does not match exactly once, or a thread that loops without any operation in the very first schedule
 */
export async function explore(scenario: URL, options: ExploreOptions = {}): Promise<ExploreResult> {
  const checked = checkedOptions(options);
  const { settings } = checked;
  const { onProgress } = options;
  const jobs = await Jobs.open(scenario, checked);
  try {
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    const { stopped, session, isEndless } = await jobs.search({
      timeMs: options.timeMs,
      signal: options.signal,
      onProgress: onProgress === undefined ? undefined : () => onProgress(progressOf(jobs, settings, seconds())),
    });
    const summary = summarize(jobs, settings, seconds(), stopped);
    if (session !== undefined && isEndless) {
      const failure = await confirmEndless(scenario, session, checked);
      return { ...summary, outcome: 'failed', failure, outcomes: new Map(), tried: [] };
    }
    checkControlled(jobs, summary);
    const reports = reportsOf(jobs);
    const failure = session !== undefined && settings.stopAtFailure ? await confirm(session) : undefined;
    return { ...summary, outcome: summary.failures > 0 ? 'failed' : 'held', failure, ...reports };
  } finally {
    await jobs.close();
  }
}

/** A verdict about threads of which nothing was seen would be none. */
function checkControlled(jobs: Jobs, { failures, schedules }: Summary): void {
  const threads = jobs.sessions[0]?.shape.threads ?? 0;
  if (failures > 0 || schedules === 0 || idleThreads(jobs, threads).length < threads) return;
  throw new ScenarioError(
    'no thread executed an operation on memory under control: call Atomics on views of the buffer; ' +
      'plain accesses are only seen with --races',
  );
}

/** What came of running one schedule again. */
export interface ReplayResult {
  /** Runs made, and how many had the same trace hash as the first. */
  readonly runs: number;
  readonly identical: number;
  readonly traceHash: string;
  /** Where the program went another way than the schedule string says. */
  readonly diverged: string | undefined;
  /** How the schedule fails; `undefined` where it holds. */
  readonly failure: Failure | undefined;
}

/**
 * Runs one schedule again. The options must be those under which it was found.
 *
 * @param schedule - a schedule string
 * @throws ScenarioError, ScheduleStringError
 */
export async function replay(
  scenario: URL,
  schedule: string,
  options: ExploreOptions & { readonly runs?: number } = {},
): Promise<ReplayResult> {
  const given = decodeSchedule(schedule);
  const session = await Session.open(scenario, checkedOptions(options));
  try {
    checkBelongs(given, session);
    const { words } = session.board;
    const runs = options.runs ?? 1;
    await session.replay(given, runs, false);
    const identical = words[Word.RUN] - words[Word.DIFFERENT];
    const diverged = words[Word.VERDICT] === Verdict.NONDETERMINISM;
    const traceHash = hashText(session.board);
    const end = await session.replay(given, 1, true);
    const failed = end === 'stuck' || words[Word.VERDICT] >= Verdict.DEADLOCK;
    const failure = failed ? failureOn(session, schedule, end === 'stuck') : undefined;
    return { runs, identical, traceHash, diverged: diverged ? failure?.message : undefined, failure };
  } finally {
    await session.close();
  }
}

/** Runs the failing schedule on the board again, the last time with every step reported. */
async function confirm(session: Session): Promise<Failure> {
  const { board } = session;
  const { words } = board;
  const before = { verdict: words[Word.VERDICT], hash: words[Word.HASH], message: messageOf(session) };
  const text = encodeSchedule(board, session.name, session.shape.bytes);
  const schedule = decodeSchedule(text);
  await session.replay(schedule, CONFIRMATIONS, false);
  const alike =
    words[Word.DIFFERENT] === 0 && words[Word.VERDICT] === before.verdict && words[Word.HASH] === before.hash;
  const again = messageOf(session);
  await session.replay(schedule, 1, true);
  const failure = failureOn(session, text, false);
  if (before.verdict === Verdict.NONDETERMINISM) return { ...failure, kind: 'nondeterminism', message: before.message };
  if (alike) return failure;
  const message = `found "${before.message}", but the same schedule run again gave "${again}"`;
  return { ...failure, kind: 'nondeterminism', message };
}

/** The workers are lost to a loop: new ones run the schedule into it again, and report every step up to it. */
async function confirmEndless(scenario: URL, lost: Session, options: SessionOptions): Promise<Failure> {
  const { board } = lost;
  const who = threadName(board.words[Word.HOLDER]);
  const seconds = options.watchdogMs / 1000;
  const where =
    board.words[Word.IN_HOOK] === 0 ? `thread ${who}` : `a hook of the scenario, in the worker of thread ${who},`;
  const message = `${where} never ends: it ran for ${seconds} s without an operation on the shared buffer`;
  if (board.words[Word.BEGUN] <= 1 || board.words[Word.IN_HOOK] !== 0) throw new ScenarioError(message);
  appendChosen(board);
  const text = encodeSchedule(board, lost.name, lost.shape.bytes);
  const session = await Session.open(scenario, options);
  try {
    const end = await session.replay(decodeSchedule(text), 1, true);
    return { ...failureOn(session, text, end === 'stuck'), ...(end === 'stuck' ? { message } : {}) };
  } finally {
    await session.close();
  }
}

/** A thread that was chosen for a step but never comes to it: its step stands in the schedule as an end. */
function appendChosen({ words, chosen, keys, hashes }: Board): void {
  const step = words[Word.STEP];
  if (words[Word.DEPTH] <= step || (chosen[step] & ~DEATH) !== words[Word.HOLDER]) return;
  keys[step] = keyOf(Operation.EXIT, 0);
  hashes[step] = 0;
  words[Word.STEP] = step + 1;
}

function failureOn(session: Session, schedule: string, endless: boolean): Failure {
  const { board, trace, shape } = session;
  return {
    kind: endless ? 'endless-loop' : (KINDS[board.words[Word.VERDICT]] ?? 'nondeterminism'),
    message: endless ? 'a thread loops without any operation on the shared buffer' : messageOf(session),
    schedule,
    traceHash: hashText(board),
    preemptions: board.words[Word.COST],
    trace: [...trace],
    preemptedAt: preemptionsOf(board, trace),
    threads: describeThreads(board, shape.threads, (address) => session.placeOf(address)),
  };
}

const messageOf = (session: Session): string =>
  describeVerdict(session.board, session.thrown.at(-1), session.trace, (address) => session.placeOf(address));

function checkBelongs(schedule: Schedule, session: Session): void {
  const { name, shape } = session;
  if (schedule.scenario === name && schedule.bytes === shape.bytes) return;
  throw new ScheduleStringError(
    `the schedule is one of ${schedule.scenario} with ${schedule.bytes} bytes, not of ${name} with ${shape.bytes}`,
  );
}
