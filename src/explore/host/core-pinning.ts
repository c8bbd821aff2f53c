/**
 * Keeps the virtual threads on one core: only one of them runs at a time, and the baton changes hands several times
 * faster there than from core to core. Threads are pinned one by one, so the process around them is left alone.
 */
import { execFile, execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

let next = process.pid;

/** Pins threads, by the operating system's ids, to one of the cores this process may use; does nothing without taskset. */
export async function pinToOneCore(osThreads: readonly number[]): Promise<void> {
  if (process.platform !== 'linux' || availableParallelism() < 2) return;
  const cores = allowedCores();
  const core = cores[next++ % cores.length];
  if (core === undefined) return;
  await Promise.all(osThreads.map((thread) => taskset(['-cp', String(core), String(thread)])));
}

/** `pid 7's current affinity list: 0-3,6` */
function allowedCores(): number[] {
  let answer = '';
  try {
    answer = execFileSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return [];
  }
  const ranges = answer
    .slice(answer.lastIndexOf(':') + 1)
    .trim()
    .split(',');
  return ranges.flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  });
}

/** A thread that cannot be pinned runs all the same. */
function taskset(given: string[]): Promise<void> {
  return new Promise((resolve) => {
    execFile('taskset', given, () => resolve());
  });
}
