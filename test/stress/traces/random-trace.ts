/**
 * A trace of a program that never was: threads that allocate, reallocate and free at random, most blocks freed by
 * another thread than the one that allocated them.
 */
import { seeded, Xorshift32 } from '../../../src/xorshift.ts';
import { TraceBuilder } from '../../../src/stress/traces/trace-builder.ts';
import type { Trace } from '../../../src/stress/traces/trace.ts';

export interface RandomTraceOptions {
  readonly seed: number;
  readonly threads: number;
  readonly operations: number;
  readonly liveObjects: number;
}

export function randomTrace({ seed, threads, operations, liveObjects }: RandomTraceOptions): Trace {
  const random = new Xorshift32(seeded(seed, 0));
  const builder = new TraceBuilder('random');
  const live: number[] = [];
  let objects = 0;
  for (let operation = 0; operation < operations; operation++) {
    const thread = random.below(threads);
    const choice = random.below(10);
    if (live.length === 0 || (live.length < liveObjects && choice < 5)) {
      const alignmentBits = random.below(8) === 0 ? random.below(13) : 0;
      builder.allocate(thread, objects, random.below(600), alignmentBits);
      live.push(objects++);
    } else if (choice < 7) {
      builder.reallocate(thread, live[random.below(live.length)], random.below(1200));
    } else {
      const victim = random.below(live.length);
      builder.free(thread, live[victim]);
      live[victim] = live.at(-1)!;
      live.pop();
    }
  }
  return builder.finish();
}

/** A seed for this run of the tests, printed so that a failure can be repeated. */
export function printedSeed(test: string): number {
  const seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`${test}: TEST_SEED=${seed}\n`);
  return seed;
}
