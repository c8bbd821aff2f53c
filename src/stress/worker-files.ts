/**
 * Where the workers' code is: beside the sources when the project runs from them, beside the built files otherwise.
 */
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const typescriptLoader = new URL('../../workers/typescript-loader.mjs', import.meta.url);

/** Sources need a loader where Node does not strip types itself. */
const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);

/** For `execArgv`. */
export const workerArguments: string[] = extension === '.ts' && !stripsTypes ? ['--import', typescriptLoader.href] : [];
export const replayWorker: URL = new URL(`../../workers/replay-worker${extension}`, import.meta.url);
export const workloadWorker: URL = new URL(`../../workers/workload-worker${extension}`, import.meta.url);
