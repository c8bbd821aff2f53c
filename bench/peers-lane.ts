/** The lane of `bench peers`: one contender at one workload. */
import { contenderNamed } from './contenders/contenders.ts';
import type { Round } from './measure/lane.ts';
import { requestsOf, WORKLOADS, type WorkloadName } from './workloads.ts';

/** Who does what. */
export interface PeersLane {
  readonly contender: string;
  readonly workload: WorkloadName;
}

export function share({ contender }: PeersLane): unknown {
  return contenderNamed(contender).share();
}

export async function prepare({ contender, workload }: PeersLane, shared: unknown, thread: number): Promise<Round> {
  const allocator = await contenderNamed(contender).attach(shared);
  return WORKLOADS[workload](allocator, requestsOf(thread));
}
