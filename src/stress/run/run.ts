/**
 * One job, done round after round on one heap until its time is over; what the rounds found, summed up. The last round is
 * cut short then, and swept up and looked at like any other.
 *
 * A run ends early at the first round that was violated, as a damaged heap says nothing about the next round, and when
 * it is interrupted. One round is done in any case.
 */
import type { HeapHandle, HeapStats } from '../../index.ts';
import { sum } from '../../sum.ts';
import { StopReason, type Control } from '../control/control.ts';
import { createEvidence, type Evidence } from '../oracles/evidence.ts';
import type { Fault } from '../threads/faults.ts';
import type { Job } from './job.ts';
import { KillTally } from './kill-tally.ts';
import { createHistograms, summarize, type Histograms } from '../measures/latency.ts';
import { MemoryLog } from '../measures/memory-log.ts';
import { Meters } from '../measures/meters.ts';
import type { Oracle } from '../results/oracles.ts';
import { runRound, type RoundResult } from './round.ts';
import { HeapTooSmallError, createHeap, type HeapSettings, type StressHeap } from './stress-heap.ts';
import type { ThreadResult, WorkloadResult } from '../results/stress-result.ts';
import { heapViolation, type Violation } from '../results/violation.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';

const SHOWN_VIOLATIONS = 10;

export interface RunOptions {
  readonly job: Job;
  readonly heapSettings: HeapSettings;
  readonly seed: number;
  /** On the clock of `performance.now()`: when the run is to end, whatever the round is at. */
  readonly deadlineMs: number;
  /** Greatest number of rounds, whatever the time. */
  readonly rounds: number;
  /** After so many the round is cut short, and is the last one. */
  readonly operations: number;
  readonly fault: Fault | undefined;
  readonly oracles: readonly Oracle[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
}

/** A run while it goes on. */
export interface RunProgress {
  /** Of the heap that the run loads. */
  readonly handle: HeapHandle;
  /** From 0 to 1. */
  readonly fraction: number;
  readonly round: number;
  readonly operations: number;
  readonly operationsPerSecond: number;
  readonly liveBytes: number;
  readonly externalFragmentation: number;
  /** Threads terminated in the rounds that are over. */
  readonly deaths: number;
  readonly violations: number;
}

export class Run {
  readonly #options: RunOptions;
  readonly #pool: WorkerPool;
  readonly #heap: StressHeap;
  readonly #evidence: Evidence;
  readonly #meterWords: SharedArrayBuffer;
  readonly #meters: Meters;
  readonly #histograms: Histograms = createHistograms();
  readonly #memory: MemoryLog;
  readonly #kills: KillTally;
  readonly #startMs: number = performance.now();
  readonly #firstViolations: Violation[] = [];
  readonly #operationsByStream: number[];
  #rounds = 0;
  #emptyRounds = 0;
  #operations = 0;
  #seconds = 0;
  #violations = 0;
  #peakLiveBytes = 0;
  /** Of the quiet heap after the last round that could be inspected. */
  #stats: HeapStats | undefined;

  constructor(options: RunOptions, pool: WorkerPool) {
    const { job, heapSettings } = options;
    this.#options = options;
    this.#pool = pool;
    this.#heap = createHeap(job.demandBytes, job.streamCount, settingsFor(job, heapSettings));
    this.#evidence = createEvidence(this.#heap.handle.buffer.maxByteLength, job.streamCount);
    this.#meterWords = Meters.reserve(job.streamCount);
    this.#meters = new Meters(this.#meterWords);
    this.#memory = new MemoryLog(this.#heap.handle);
    this.#kills = new KillTally(job.kills);
    this.#operationsByStream = Array.from({ length: job.streamCount }, () => 0);
  }

  /** @throws HeapTooSmallError when the heap was full of live blocks */
  async run(): Promise<WorkloadResult> {
    while (this.#wantsAnotherRound()) {
      // One round after the other: they share the heap.
      const result = await this.#round();
      this.#add(result);
    }
    return this.#result();
  }

  /** Who is to terminate threads goes on until all are dead, or the time is over. */
  #wantsAnotherRound(): boolean {
    if (this.#options.signal.aborted || this.#violations > 0) return false;
    if (this.#rounds === 0) return true;
    if (performance.now() >= this.#options.deadlineMs || this.#operations >= this.#options.operations) return false;
    if (this.#kills.left > 0) return true;
    return this.#options.job.kills === 0 && this.#rounds < this.#options.rounds;
  }

  #round(): Promise<RoundResult> {
    const { job, seed, fault, oracles, signal } = this.#options;
    return runRound({
      job,
      pool: this.#pool,
      task: {
        handle: this.#heap.handle,
        fault,
        meters: this.#meterWords,
        evidence: this.#evidence,
        histograms: this.#histograms,
        oracles,
        seed: seed + this.#rounds,
        lingers: (seed + this.#rounds + job.name.length) % 2 === 1,
        mapsPeak: this.#rounds === 0,
      },
      kills: this.#kills.nextRound,
      deadlineMs: this.#options.deadlineMs,
      operations: this.#options.operations - this.#operations,
      signal,
      onTick: (control) => this.#tick(control),
      onMap: (map) => this.#memory.addMap(map),
    });
  }

  #tick(control: Control): void {
    this.#memory.tick(control);
    this.#options.onProgress(this.#progress(control));
  }

  #add(result: RoundResult): void {
    const { control, outcomes, inspection } = result;
    this.#rounds++;
    if (result.endedEmpty) this.#emptyRounds++;
    this.#operations += control.operations;
    this.#operationsByStream.forEach((_, stream) => {
      this.#operationsByStream[stream] += control.operationsOf(stream);
    });
    this.#seconds += result.seconds;
    this.#violations += control.violations;
    this.#firstViolations.push(...result.violations);
    this.#peakLiveBytes = Math.max(this.#peakLiveBytes, control.peakLiveBytes);
    for (const { sample, map } of outcomes) {
      if (sample !== undefined) this.#memory.add(sample);
      if (map !== undefined) this.#memory.addMap(map);
    }
    this.#kills.add(result);
    if (inspection !== undefined) this.#stats = inspection.stats;
    if (control.stopReason === StopReason.STUCK) this.#stuck(result.liveBytes);
  }

  /** The heap was full: because so much was live, or because it has lost memory, unless there was trouble anyway. */
  #stuck(liveBytes: number): void {
    const { maxByteLength } = this.#heap;
    const shown = `${liveBytes} of its ${maxByteLength} bytes were live`;
    if (this.#violations > 0) return;
    if (liveBytes * 2 > maxByteLength) {
      throw new HeapTooSmallError(`the heap is too small for ${this.#options.job.name}: ${shown}`);
    }
    this.#violations++;
    this.#firstViolations.push(heapViolation('starvation', `no memory was to be had though only ${shown}`));
  }

  #progress(control: Control): RunProgress {
    const { deadlineMs, job } = this.#options;
    const operations = this.#operations + control.operations;
    const elapsed = (performance.now() - this.#startMs) / 1000;
    const seconds = (deadlineMs - this.#startMs) / 1000;
    const byTime = Math.min(1, elapsed / seconds, operations / (job.operationsPerRound ?? 1));
    return {
      handle: this.#heap.handle,
      fraction: job.kills > 0 ? this.#kills.deaths / job.kills : byTime,
      round: this.#rounds + 1,
      operations,
      operationsPerSecond: operations / elapsed,
      liveBytes: Math.max(0, control.liveBytes),
      externalFragmentation: this.#memory.samples.at(-1)?.externalFragmentation ?? 0,
      deaths: this.#kills.deaths,
      violations: this.#violations + control.violations,
    };
  }

  #result(): WorkloadResult {
    const { job } = this.#options;
    const peakUsedBytes = this.#stats?.peakUsedBytes ?? 0;
    const perThread = this.#operationsByStream.map((operations, thread) => this.#threadResult(thread, operations));
    const lockSeizures = this.#stats?.lockSeizures ?? 0;
    return {
      kind: job.kind,
      name: job.name,
      threads: job.streamCount,
      copies: job.copies,
      rounds: this.#rounds,
      emptyRounds: this.#emptyRounds,
      operations: this.#operations,
      seconds: this.#seconds,
      operationsPerSecond: this.#perSecond(this.#operations),
      peakLiveBytes: this.#peakLiveBytes,
      peakUsedBytes,
      byteLength: this.#stats?.byteLength ?? 0,
      internalFragmentation: peakUsedBytes === 0 ? 0 : Math.max(0, 1 - this.#peakLiveBytes / peakUsedBytes),
      externalFragmentation: this.#memory.fullest?.externalFragmentation ?? 0,
      lockWaits: this.#stats?.lockWaits ?? 0,
      lockSeizures,
      remoteFrees: sum(perThread.map(({ remoteFrees }) => remoteFrees)),
      latencies: summarize(this.#histograms),
      perThread,
      memory: this.#memory.samples,
      heapMap: this.#memory.heapMap,
      kills: this.#kills.result(this.#meters, lockSeizures, this.#seconds, job.streamCount),
      violations: this.#violations,
      firstViolations: firstOfEachKind(this.#firstViolations).slice(0, SHOWN_VIOLATIONS),
    };
  }

  #threadResult(thread: number, operations: number): ThreadResult {
    return {
      thread,
      operations,
      operationsPerSecond: this.#perSecond(operations),
      remoteFrees: this.#meters.remoteFreesOf(thread),
      lockWaits: this.#meters.lockWaitsOf(thread),
    };
  }

  #perSecond(operations: number): number {
    return this.#seconds === 0 ? 0 : operations / this.#seconds;
  }
}

/** In the order in which they were found, but the first of each kind before all others. */
function firstOfEachKind(violations: readonly Violation[]): Violation[] {
  const kinds = violations.map(({ kind }) => kind);
  const isFirst = violations.map((_, index) => kinds.indexOf(kinds[index]) === index);
  return [...violations.filter((_, index) => isFirst[index]), ...violations.filter((_, index) => !isFirst[index])];
}

/** A size that was asked for comes before that of the job. */
function settingsFor({ heapBytes }: Job, settings: HeapSettings): HeapSettings {
  return heapBytes === undefined ? settings : { maxByteLength: heapBytes, ...settings };
}
