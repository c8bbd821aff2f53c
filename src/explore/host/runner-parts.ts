/**
 * What a worker works with while it runs schedules.
 */
import type { VirtualClock } from '../engine/clock.ts';
import type { BufferSource, World } from '../buffers/buffer-source.ts';
import type { Mail } from '../buffers/mail.ts';
import type { ThreadContext } from '../patches/thread-context.ts';
import type { RaceLog } from '../trace/race-log.ts';
import type { Settings, WorkerMessage } from './messages.ts';
import type { Scenario } from './scenario.ts';

/** Everything that a runner works with. */
export interface RunnerParts {
  readonly scenario: Scenario;
  readonly threads: number;
  readonly context: ThreadContext;
  readonly source: BufferSource;
  readonly mail: Mail;
  /** Messages that `setup` posted. */
  readonly initialMail: World['mail'];
  readonly clock: VirtualClock;
  readonly settings: Settings;
  /** The log of plain writes in the first schedules, where plain accesses are not instrumented. */
  readonly watched: RaceLog | undefined;
  readonly post: (message: WorkerMessage) => void;
}
