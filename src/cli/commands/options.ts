/** Options that several commands have. They mean the same in each. */
import { InvalidArgumentError, Option } from 'commander';
import { FIT_NAMES } from '../../fit/fit.ts';

const MAX_THREADS = 256;
const MAX_SEED = 2 ** 32 - 1;
export const MAX_SECONDS = 86_400;
const DEFAULT_THREADS = 4;
const SLABS = ['on', 'off'] as const;

/** Small blocks are served from slabs, or from the table like the others. False is what `--no-slabs` says. */
export type SlabsFlag = (typeof SLABS)[number] | false;

export function threadsOption(description: string): Option {
  return new Option('--threads <n>', description).argParser(wholeFrom(1, MAX_THREADS)).default(DEFAULT_THREADS);
}

export function secondsOption(description: string): Option {
  return new Option('--seconds <s>', description).argParser(positiveSeconds);
}

export function seedOption(): Option {
  return new Option('--seed <n>', 'fix every random choice (default: another one each time)').argParser(
    wholeFrom(0, MAX_SEED),
  );
}

export function seedFrom({ seed }: { readonly seed?: number }): number {
  return seed ?? Math.floor(Math.random() * (MAX_SEED + 1));
}

export function fitOption(): Option {
  return new Option('--fit <name>', 'which free run serves a request').choices(FIT_NAMES).default(FIT_NAMES[0]);
}

/** The same for several settings. */
export function fitsOption(): Option {
  return new Option('--fit <name...>', 'which free run serves a request')
    .choices(FIT_NAMES)
    .default([...FIT_NAMES], 'all');
}

export function slabsOption(): Option {
  return new Option('--slabs <state>', 'serve small blocks from slabs, without the lock').choices(SLABS).default('on');
}

/** The same for several settings. */
export function slabsStatesOption(): Option {
  return new Option('--slabs <state...>', 'serve small blocks from slabs, without the lock')
    .choices(SLABS)
    .default([...SLABS], 'both');
}

export function noSlabsOption(): Option {
  return new Option('--no-slabs', 'the same as --slabs off');
}

export function hasSlabs(flag: SlabsFlag): boolean {
  return flag === 'on';
}

export function jsonOption(): Option {
  return new Option('--json [file]', 'write the result as JSON: to stdout in place of the text, or to a file');
}

/** Reads an option's value. */
export function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Reads an option's value. */
function positiveSeconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= MAX_SECONDS) return value;
  throw new InvalidArgumentError(`It must be a number above 0 and at most ${MAX_SECONDS}.`);
}
