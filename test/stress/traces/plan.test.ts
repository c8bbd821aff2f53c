import { describe, expect, it } from 'vitest';
import { NO_MAILBOX, planTrace, Step, type Plan } from '../../../src/stress/traces/plan.ts';
import { TraceBuilder } from '../../../src/stress/traces/trace-builder.ts';
import { Operation, type Trace } from '../../../src/stress/traces/trace.ts';
import { printedSeed, randomTrace } from './random-trace.ts';

const seed = printedSeed('plan');
const trace = randomTrace({ seed, threads: 5, operations: 20_000, liveObjects: 300 });

function stepsOf({ steps }: Plan): Int32Array[] {
  const words = new Int32Array(steps);
  return Array.from({ length: words.length / Step.WORDS }, (_, i) =>
    words.subarray(i * Step.WORDS, (i + 1) * Step.WORDS),
  );
}

/** For each step, the stream that does it. */
function streamOfStep(plan: Plan): Map<number, number> {
  return new Map(plan.streams.flatMap((indices, stream) => [...new Int32Array(indices)].map((step) => [step, stream])));
}

describe('the streams of a plan', () => {
  const plan = planTrace(trace, 1);
  const steps = stepsOf(plan);

  it('do every step once, each stream in the order of the trace', () => {
    const all = plan.streams.flatMap((indices) => [...new Int32Array(indices)]);
    expect(all.toSorted((a, b) => a - b)).toEqual(steps.map((_, step) => step));
    for (const indices of plan.streams) {
      const own = [...new Int32Array(indices)];
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
  });

  it('hand every block over through a mailbox of its own, filled by an earlier step of another stream', () => {
    const givers = new Map<number, number>();
    const streams = streamOfStep(plan);
    steps.forEach((step, index) => {
      if (step[Step.TAKE] !== NO_MAILBOX) {
        const giver = givers.get(step[Step.TAKE])!;
        expect(steps[giver][Step.OBJECT]).toBe(step[Step.OBJECT]);
        expect(streams.get(giver)).not.toBe(streams.get(index));
        givers.delete(step[Step.TAKE]);
      }
      if (step[Step.GIVE] !== NO_MAILBOX) givers.set(step[Step.GIVE], index);
    });
    expect(givers.size).toBe(0);
    expect(plan.mailboxCount).toBeGreaterThan(1000);
  });

  it('have each block of a stream at hand that no mailbox brings', () => {
    const holder = new Map<number, number>();
    const streams = streamOfStep(plan);
    steps.forEach((step, index) => {
      const stream = streams.get(index)!;
      const first = step[Step.OPERATION] === Operation.ALLOCATE;
      if (!first && step[Step.TAKE] === NO_MAILBOX) expect(holder.get(step[Step.OBJECT])).toBe(stream);
      holder.set(step[Step.OBJECT], stream);
    });
  });

  it('free everything in the end, with the size that it has then', () => {
    const sizes = new Map<number, number>();
    for (const step of steps) {
      if (step[Step.OPERATION] !== Operation.ALLOCATE) expect(step[Step.OLD_SIZE]).toBe(sizes.get(step[Step.OBJECT]));
      if (step[Step.OPERATION] === Operation.FREE) sizes.delete(step[Step.OBJECT]);
      else sizes.set(step[Step.OBJECT], step[Step.SIZE]);
    }
    expect(sizes.size).toBe(0);
  });
});

describe('a plan', () => {
  it.each([
    [1, 5, 1],
    [5, 5, 1],
    [6, 5, 2],
    [16, 5, 4],
  ])('for %i streams of a trace with five threads has %i streams in each of %i copies', (wanted, perCopy, copies) => {
    expect(planTrace(trace, wanted)).toMatchObject({ streamsPerCopy: perCopy, copies });
  });

  it('shares streams among the threads of a trace that has too many', () => {
    const many = randomTrace({ seed, threads: 500, operations: 5000, liveObjects: 50 });
    expect(planTrace(many, 2)).toMatchObject({ streamsPerCopy: 32, copies: 1 });
    expect(planTrace(many, 40)).toMatchObject({ streamsPerCopy: 40, copies: 1 });
  });

  it('demands what is live at the peak and the block on its way, when there is one stream', () => {
    const builder = new TraceBuilder('one');
    builder.allocate(0, 1, 160);
    builder.allocate(0, 2, 33);
    builder.reallocate(0, 2, 1600);
    expect(planTrace(builder.finish(), 1).demandBytes).toBe(160 + 48 + 1600);
  });

  it('demands enough for any order that the window allows, when there are more', () => {
    expect(planTrace(trace, 1).demandBytes).toBeGreaterThanOrEqual(peakWithFreesLast(trace, 1000));
  });
});

/** The live bytes if in each stretch of `window` operations all frees came last. */
function peakWithFreesLast({ records, operationCount }: Trace, window: number): number {
  const words = records.length / operationCount;
  let live = 0;
  let peak = 0;
  for (let from = 0; from < operationCount; from += window) {
    let freed = 0;
    for (let i = from; i < Math.min(from + window, operationCount); i++) {
      const [, operation, , size, oldSize] = records.subarray(i * words, (i + 1) * words);
      live += size;
      if (operation !== Operation.ALLOCATE) freed += oldSize;
    }
    peak = Math.max(peak, live);
    live -= freed;
  }
  return peak;
}
