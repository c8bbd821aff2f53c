import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/stress/threads/faults.ts';
import { ORACLES, type Oracle } from '../../../src/stress/results/oracles.ts';
import { stress } from '../../../src/stress/run/stress.ts';
import type { WorkloadResult } from '../../../src/stress/results/stress-result.ts';
import type { ViolationKind } from '../../../src/stress/results/violation.ts';
import { WorkloadJob } from '../../../src/stress/run/workload-job.ts';
import { workloadNamed } from '../../../src/stress/workloads/workloads.ts';
import { sum } from '../../../src/sum.ts';
import { printedSeed } from '../traces/random-trace.ts';

const seed = printedSeed('oracles');

/** Of so many operations some surely fall into the sample of every judge. */
const ENOUGH = 100_000;

async function run(
  oracles: readonly Oracle[],
  fault: Fault | undefined,
  job = new WorkloadJob(workloadNamed('churn'), 2),
  operations = ENOUGH,
): Promise<WorkloadResult> {
  const { runs } = await stress({
    jobs: [job],
    seconds: Infinity,
    operations,
    rounds: 1,
    seed,
    heap: { fit: 'first-fit', slabs: false },
    fault,
    oracles,
    command: '',
    signal: new AbortController().signal,
    observer: { started(): void {}, progressed(): void {}, finished(): void {} },
  });
  return runs[0];
}

describe('each oracle sees a fault of its kind by itself:', () => {
  it.each<[Oracle, Fault, ViolationKind]>([
    ['owner', 'overlap', 'overlap'],
    ['bytes', 'bytes', 'damage'],
    ['bytes', 'overlap', 'damage'],
    ['history', 'overlap', 'overlap in time'],
    ['sum', 'leak', 'leak'],
    ['room', 'leak', 'leak'],
    ['sum', 'count', 'inconsistency'],
    ['check', 'table', 'inconsistency'],
  ])('%s, when broken by %s', async (oracle, fault, kind) => {
    const { firstViolations } = await run([oracle], fault);
    expect(firstViolations.map((violation) => violation.kind)).toContain(kind);
  });

  it('the watchdog, when a thread does not come back', async () => {
    const { firstViolations } = await run([], 'hang');
    expect(firstViolations.map(({ kind }) => kind)).toContain('lost worker');
    expect(firstViolations[0].detail).toMatch(/^thread \d did no operation for 3 seconds$/);
  });
});

describe('a run', () => {
  it('has data for every chart of a report', async () => {
    const result = await run(ORACLES, undefined);
    expect(result.firstViolations).toEqual([]);
    expect(result.memory.length).toBeGreaterThan(0);
    for (const { liveBytes, usedBytes, committedBytes } of result.memory) {
      expect(usedBytes).toBeLessThanOrEqual(committedBytes);
      expect(liveBytes).toBeGreaterThanOrEqual(0);
    }
    expect(result.perThread).toHaveLength(2);
    expect(sum(result.perThread.map(({ operations }) => operations))).toBe(result.operations);
    expect(result.remoteFrees).toBeGreaterThan(0);
    const map = result.heapMap!;
    expect(map.usedBytes).toBeLessThanOrEqual(result.peakUsedBytes);
    expect(sum(map.blocks.map(({ bytes }) => bytes))).toBe(map.liveBytes);
    expect(sum(map.cells.flatMap(({ live, held, free }) => [...live, held, free]))).toBe(map.byteLength);
  });

  it('does the same requests for the same seed', async () => {
    const runs = [];
    for (let time = 0; time < 2; time++) {
      runs.push(await run([], undefined, new WorkloadJob(workloadNamed('rptest'), 1), Infinity));
    }
    const [one, other] = runs as [WorkloadResult, WorkloadResult];
    expect([other.operations, other.peakUsedBytes]).toEqual([one.operations, one.peakUsedBytes]);
  });
});
