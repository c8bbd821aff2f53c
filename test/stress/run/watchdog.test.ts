import { describe, expect, it } from 'vitest';
import { Control, StopReason } from '../../../src/stress/control/control.ts';
import type { Violation } from '../../../src/stress/results/violation.ts';
import { Watchdog } from '../../../src/stress/run/watchdog.ts';
import type { WorkerPool } from '../../../src/stress/threads/worker-pool.ts';

/** What becomes of a round of one stream whose time is over. */
function endOf(hasStarted: boolean): Promise<{ reported: Violation[]; isTooLate: boolean; stopReason: number }> {
  return new Promise((resolve) => {
    const control = Control.create(1);
    if (hasStarted) control.arrive();
    const reported: Violation[] = [];
    let isTooLate = false;
    const end = (): Promise<void> => {
      watchdog.end();
      resolve({ reported, isTooLate, stopReason: control.stopReason });
      return Promise.resolve();
    };
    const watchdog = new Watchdog({
      control,
      streamCount: 1,
      pool: { destroy: end } as unknown as WorkerPool,
      patienceMs: Infinity,
      deadlineMs: Infinity,
      operations: Infinity,
      lastMs: 0,
      report: (violation) => reported.push(violation),
      onTooLate: () => (isTooLate = true),
      onTick: () => undefined,
    });
  });
}

describe('when the time of a round is over', () => {
  it('streams that have not started are ended, and nobody is blamed', async () => {
    expect(await endOf(false)).toEqual({ reported: [], isTooLate: true, stopReason: StopReason.FAILED });
  });

  it('a stream that does not come back is reported', async () => {
    const { reported, isTooLate } = await endOf(true);
    expect(isTooLate).toBe(false);
    expect(reported).toMatchObject([
      { kind: 'lost worker', detail: 'thread 0 did not come back when the time was over' },
    ]);
  });
});
