/**
 * Starting a worker whose modules may be TypeScript, and of which some may be changed on the way (mutants).
 *
 * The worker's entry is a `data:` module, because no Node before 22 starts a worker from a `.ts` file. It registers, in
 * this order, the hook that replaces source text and then tsx, so that tsx compiles the changed text; where Node strips
 * types itself, tsx is left out.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WorkerStart } from './messages.ts';
import { formatHook } from './module-format.ts';
import { hookModule, type Replacement } from './replacement.ts';
import { ScenarioError } from './scenario.ts';

const RUNS_FROM_SOURCE = import.meta.url.endsWith('.ts');

const ENTRY = `
import { register } from 'node:module';
import { workerData } from 'node:worker_threads';
const { hook, replacements, tsx, formatHook, engine } = workerData;
if (hook !== undefined) {
  const { port1, port2 } = new MessageChannel();
  register(hook, { data: { replacements, port: port2 }, transferList: [port2] });
  workerData.replaced = port1;
}
if (tsx !== undefined) {
  const { register: registerTsx } = await import(tsx);
  registerTsx();
}
if (formatHook !== undefined) {
  register(formatHook, { data: { format: tsx === undefined ? 'module-typescript' : 'module' } });
}
await import(engine);
`;

/** @throws ScenarioError where a TypeScript file cannot be run */
export function launchWorker(start: Omit<WorkerStart, 'replacements'>, replacements: readonly Replacement[]): Worker {
  // In the built package all files lie side by side.
  const engine = new URL(RUNS_FROM_SOURCE ? './worker.ts' : './explore-worker.js', import.meta.url).href;
  const isTypeScript = /\.[cm]?ts($|\?)/.test(start.scenario);
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(ENTRY)}`), {
    execArgv: ['--enable-source-maps', '--no-warnings'],
    workerData: {
      ...start,
      engine,
      formatHook: /\.ts($|\?)/.test(start.scenario) && !RUNS_FROM_SOURCE ? formatHook() : undefined,
      tsx: isTypeScript || RUNS_FROM_SOURCE ? typescriptLoader(start.scenario) : undefined,
      hook: replacements.length > 0 ? hookModule() : undefined,
      replacements: replacements.map(({ file, from, to }) => ({ file: new URL(file).href, from, to })),
    },
  });
}

/** The URL of tsx, or nothing where the built package runs under a Node that strips types itself. */
function typescriptLoader(scenario: string): string | undefined {
  if (!RUNS_FROM_SOURCE && 'typescript' in process.features && process.features.typescript !== false) return undefined;
  const loader = tsxFrom(scenario) ?? tsxFrom(import.meta.url);
  if (loader === undefined)
    throw new ScenarioError(`${scenario} is TypeScript: install tsx, or use Node 22.18 or later`);
  return loader;
}

/** The ES module of tsx's API as installed for `importer`; `resolve` alone would give the CommonJS one. */
function tsxFrom(importer: string): string | undefined {
  try {
    const file = pathToFileURL(createRequire(importer).resolve('tsx/package.json'));
    const { exports } = JSON.parse(readFileSync(file, 'utf8')) as TsxPackage;
    return new URL(exports['./esm/api'].import.default, file).href;
  } catch {
    return undefined;
  }
}

interface TsxPackage {
  readonly exports: { readonly './esm/api': { readonly import: { readonly default: string } } };
}
