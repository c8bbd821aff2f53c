/**
 * What this platform knows of threads.
 */
import { ExitLiveness } from './exit-liveness.ts';
import { LinuxLiveness } from './linux-liveness.ts';
import { builtin, type Liveness } from './liveness.ts';

/** The default: synchronous knowledge on Linux, elsewhere only what `noteExit` says. */
export function platformLiveness(): Liveness {
  const fs = builtin('node:fs');
  return fs !== undefined && process.platform === 'linux' ? new LinuxLiveness(fs) : new ExitLiveness();
}
