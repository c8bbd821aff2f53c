/**
 * Ctrl-C ends the work with what is known so far; who presses it again later ends the process. Two signals at once are
 * one Ctrl-C: the terminal sends it, and so does a package manager that started the process.
 */
const ONE_CTRL_C_MS = 1000;
const EXIT_INTERRUPTED = 130;

export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  let interruptedMs = Infinity;
  const interrupt = (): void => {
    if (performance.now() - interruptedMs > ONE_CTRL_C_MS) process.exit(EXIT_INTERRUPTED);
    interruptedMs = Math.min(interruptedMs, performance.now());
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}
