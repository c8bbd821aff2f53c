/**
 * The worker side of a lane: prepares, then answers each posted count with the span of its round. The threads of a
 * lane wait for each other before the clock starts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { LaneAnswer, LaneModule, LaneStart, Round } from './lane.ts';

const { module, parameters, shared, thread, barrier, threads } = workerData as LaneStart;
const prepared = prepare();
let rounds = 0;

async function prepare(): Promise<Round> {
  const lane = (await import(module)) as LaneModule<unknown, unknown>;
  return lane.prepare(parameters, shared, thread);
}

function waitForAll(): void {
  rounds++;
  Atomics.add(barrier, 0, 1);
  while (Atomics.load(barrier, 0) < rounds * threads);
}

function timed(round: Round, count: number): LaneAnswer {
  waitForAll();
  const start = process.hrtime.bigint();
  round(count);
  return { start, end: process.hrtime.bigint() };
}

parentPort!.on('message', (count: number) => {
  void prepared
    .then((round) => timed(round, count))
    .catch((error: unknown): LaneAnswer => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((answer) => parentPort!.postMessage(answer));
});
