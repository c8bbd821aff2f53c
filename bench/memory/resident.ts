/** How much memory this process has, as Linux sees it; undefined elsewhere. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Lets the greatest residence count from now on (see proc_pid_clear_refs(5)), and returns the present one in bytes. */
export function beginResidence(): number | undefined {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return status('VmRSS');
  } catch {
    return undefined;
  }
}

/** The greatest residence since `beginResidence`, in bytes. */
export function peakResidence(): number | undefined {
  try {
    return status('VmHWM');
  } catch {
    return undefined;
  }
}

function status(field: string): number | undefined {
  const found = new RegExp(`^${field}:\\s*(\\d+) kB$`, 'mu').exec(readFileSync('/proc/self/status', 'utf8'));
  return found === null ? undefined : Number(found[1]) * 1024;
}
