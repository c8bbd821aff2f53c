/**
 * The files that the package is made of: each is one file, whatever it is made from. To publish another entry, add it
 * here and to `exports` in package.json.
 */
export interface Entry {
  /** Of the file in `dist`, without its extension. */
  readonly name: string;
  /** Its source, from the root of the project. */
  readonly source: string;
}

/** What every other entry shares: loaded twice, there would be two registries of attached heaps. */
export const CORE: Entry = { name: 'index', source: 'src/index.ts' };

export const ENTRIES: readonly Entry[] = [
  { name: 'data', source: 'src/data/index.ts' },
  { name: 'inspect', source: 'src/inspect/index.ts' },
  { name: 'explore', source: 'src/explore/index.ts' },
  { name: 'explore-vitest', source: 'src/explore/vitest.ts' },
  { name: 'explore-worker', source: 'src/explore/host/worker.ts' },
  { name: 'replay-worker', source: 'workers/replay-worker.ts' },
  { name: 'workload-worker', source: 'workers/workload-worker.ts' },
  { name: 'report', source: 'src/report/index.ts' },
  { name: 'cli', source: 'src/cli/main.ts' },
];
