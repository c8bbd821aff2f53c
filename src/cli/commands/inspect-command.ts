/**
 * `threadheap inspect`: what a heap looks like from inside, on the example of one that a workload is at. A heap lies in
 * the memory of its own process, so a running one is looked at by starting it here; a program prints its own heaps with
 * `threadheap/inspect`.
 */
import { Command, Option } from 'commander';
import type { FitName } from '../../fit/fit.ts';
import { fragmentationBySize } from '../../inspect/fragmentation.ts';
import { BAND_NAMES, heapCells } from '../../inspect/heap-cells.ts';
import { heapMap } from '../../inspect/heap-map.ts';
import { fragmentationTable, heapTable } from '../../inspect/heap-table.ts';
import type { RunProgress } from '../../stress/run/run.ts';
import { stress, type StressObserver } from '../../stress/run/stress.ts';
import { WorkloadJob } from '../../stress/run/workload-job.ts';
import { WORKLOAD_NAMES, workloadNamed } from '../../stress/workloads/workloads.ts';
import { requireJsonTarget, writeJson, type JsonTarget } from '../files/json-output.ts';
import { HeapView, type Peak } from '../terminal/heap-view.ts';
import { colours, columnsOf } from '../terminal/terminal.ts';
import { inspectImages } from './inspect-image.ts';
import { untilInterrupted } from './interruption.ts';
import {
  fitOption,
  hasSlabs,
  jsonOption,
  MAX_SECONDS,
  noSlabsOption,
  secondsOption,
  seedFrom,
  seedOption,
  slabsOption,
  threadsOption,
  type SlabsFlag,
} from './options.ts';
import { UsageError } from '../files/usage-error.ts';

/** It keeps small and large blocks live and replaces them at random. */
const DEFAULT_WORKLOAD = 'churn';
/** Where nobody watches. */
const DEFAULT_SECONDS = 2;
/** In JSON. */
const MOST_CELLS = 1024;

interface InspectFlags {
  readonly workload: string;
  readonly threads: number;
  readonly seconds?: number;
  readonly fit: FitName;
  readonly slabs: SlabsFlag;
  readonly seed?: number;
  readonly json?: JsonTarget;
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .description(
      'show a heap from inside while a workload is at it: what lies where, and which requests free memory serves; ' +
        'or an image of a heap, or what grew between two images',
    )
    .argument('[image...]', 'a file that `heap.save` wrote, or two to compare')
    .addOption(new Option('--workload <name>', 'what is at it').choices(WORKLOAD_NAMES).default(DEFAULT_WORKLOAD))
    .addOption(threadsOption('run so many threads'))
    .addOption(secondsOption('end so long after the first look (default: on a terminal at Ctrl-C, elsewhere 2)'))
    .addOption(fitOption())
    .addOption(slabsOption())
    .addOption(noSlabsOption())
    .addOption(seedOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(images: readonly string[], flags: InspectFlags): Promise<void> {
  requireJsonTarget(flags.json);
  if (images.length > 0) return inspectImages(images, flags.json);
  const isLive = process.stdout.isTTY && flags.json !== true;
  const view = new HeapView(isLive ? process.stdout : undefined, colours.isColorSupported);
  const seed = seedFrom(flags);
  await untilInterrupted((signal) => load(flags, seed, isLive, signal, view)).finally(() => view.close());
  if (view.peak === undefined) throw new UsageError('interrupted before there was anything to see');
  if (!writeJson(foundIn(view.peak, flags, seed), flags.json)) process.stdout.write(pictureOf(view.peak, flags));
}

/** Puts the workload on a heap until the time is over or Ctrl-C is pressed, whichever comes first. */
async function load(
  flags: InspectFlags,
  seed: number,
  isLive: boolean,
  interrupted: AbortSignal,
  view: HeapView,
): Promise<void> {
  const seconds = flags.seconds ?? (isLive ? MAX_SECONDS : DEFAULT_SECONDS);
  const timer = new TimeFromFirstLook(view, seconds * 1000);
  await stress({
    jobs: [new WorkloadJob(workloadNamed(flags.workload), flags.threads)],
    seconds: Infinity,
    seed,
    heap: { fit: flags.fit, slabs: hasSlabs(flags.slabs) },
    fault: undefined,
    oracles: [],
    command: '',
    signal: AbortSignal.any([interrupted, timer.signal]),
    observer: timer,
  });
}

/** Ends a run so long after the heap was first seen with something in it: threads take a while to start. */
class TimeFromFirstLook implements StressObserver {
  readonly #view: HeapView;
  readonly #milliseconds: number;
  readonly #over = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(view: HeapView, milliseconds: number) {
    this.#view = view;
    this.#milliseconds = milliseconds;
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  started(): void {
    this.#view.started();
  }

  progressed(progress: RunProgress): void {
    this.#view.progressed(progress);
    if (this.#view.peak !== undefined) this.#timer ??= setTimeout(() => this.#over.abort(), this.#milliseconds);
  }

  finished(): void {
    clearTimeout(this.#timer);
    this.#view.finished();
  }
}

function pictureOf({ heap, seconds }: Peak, { workload, threads }: InspectFlags): string {
  const width = columnsOf(process.stdout);
  const title = `${workload} on ${threads} threads, the heap at its fullest, after ${seconds.toFixed(1)} s`;
  const parts = [
    colours.bold(title),
    heapMap(heap, { width, colour: colours.isColorSupported }),
    heapTable(heap),
    fragmentationTable(heap),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** As JSON. */
function foundIn({ heap, seconds }: Peak, { workload, threads, fit, slabs }: InspectFlags, seed: number): object {
  const { cells, cellBytes } = heapCells(heap, MOST_CELLS);
  return {
    workload,
    threads,
    fit,
    slabs: hasSlabs(slabs),
    seed,
    seconds,
    stats: heap.stats(),
    blocks: heap.blocks().length,
    fragmentation: fragmentationBySize(heap),
    map: { cellBytes, bands: BAND_NAMES, cells },
  };
}
