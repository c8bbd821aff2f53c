/**
 * Where the workers' code is: in the folder `workers` when the project runs from its sources; in the built package all
 * files lie side by side.
 */
const runsFromSource = import.meta.url.endsWith('.ts');
const typescriptLoader = new URL('../../workers/typescript-loader.mjs', import.meta.url);

/** Sources need a loader where Node does not strip types itself. */
const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);

/** For `execArgv`. */
export const workerArguments: string[] = runsFromSource && !stripsTypes ? ['--import', typescriptLoader.href] : [];
export const replayWorker: URL = workerFile('replay-worker');
export const workloadWorker: URL = workerFile('workload-worker');

function workerFile(name: string): URL {
  return new URL(runsFromSource ? `../../workers/${name}.ts` : `./${name}.js`, import.meta.url);
}
