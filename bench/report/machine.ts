/** Where a result comes from: without it, figures mean nothing. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';

/** The machine, the engine and the code that were measured. */
export interface Provenance {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Short hash, with `+` if there were changes on top; `unknown` outside a clone. */
  readonly commit: string;
  readonly date: string;
}

export function provenance(): Provenance {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    commit: commit(),
    date: new Date().toISOString(),
  };
}

function commit(): string {
  try {
    const hash = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain') === '' ? hash : `${hash}+`;
  } catch {
    return 'unknown';
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
