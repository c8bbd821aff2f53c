/** Programs that use the installed package: as they are, and made into bundles that are run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import webpack from 'webpack';
import { findChromium, startChromium } from '../browser/chromium.ts';
import { serve } from '../browser/server.ts';
import { InstalledPackage } from '../support/installed-package.ts';
import { COMMONJS, EXPECTED, NODE_WORKER, nodeMain, WEB_ALONE, WEB_MAIN, WEB_WORKER } from './programs.ts';

const PATIENCE_MS = 120_000;
const chromium = findChromium();
if (chromium === undefined) console.warn('skipped: bundles for the web need Chromium on the PATH, and there is none');

let installed: InstalledPackage;
const at = (...names: string[]) => join(installed.project, ...names);

beforeAll(async () => {
  installed = await InstalledPackage.make();
  await installed.write('node/main.js', nodeMain('./worker.js'));
  await installed.write('node/worker.js', NODE_WORKER);
  await installed.write('web/main.js', WEB_MAIN);
  await installed.write('web/worker.js', WEB_WORKER);
  await installed.write('web/alone.js', WEB_ALONE);
  await installed.write('web/index.html', '<!doctype html><script type="module" src="./main.js"></script>');
}, PATIENCE_MS);
afterAll(() => installed.remove());

describe('a program', { timeout: PATIENCE_MS }, () => {
  it('imports the package', async () => {
    expect(await installed.node('node/main.js')).toBe(`${EXPECTED}\n`);
  });

  it('requires the package, in a Node that can', async () => {
    await installed.write('program.cjs', COMMONJS);
    expect(await installed.node('--no-warnings', 'program.cjs')).toBe(`${EXPECTED}\n`);
  });
});

describe('a bundle for Node', { timeout: PATIENCE_MS }, () => {
  it('of esbuild runs, with a bundle for the worker', async () => {
    await esbuild({
      entryPoints: [at('node/main.js'), at('node/worker.js')],
      outdir: at('esbuild'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    await expectAlone('esbuild', 'main.js');
  });

  it('of webpack runs, with a bundle for the worker', async () => {
    // Left alone, webpack 5.112 calls `Worker` in words that are no JavaScript when it writes modules for Node.
    const main = await installed.write('node/for-webpack.js', nodeMain('./worker.mjs', '/* webpackIgnore: true */'));
    await pack({ target: 'node20', entry: { main, worker: at('node/worker.js') }, ...moduleOutput('webpack-node') });
    await expectAlone('webpack-node', 'main.mjs');
  });

  it('of Vite runs, with a bundle for the worker', async () => {
    const entry = { main: at('node/main.js'), worker: at('node/worker.js') };
    await vite({
      root: installed.project,
      logLevel: 'error',
      configFile: false,
      build: { ssr: true, outDir: at('vite-node'), rolldownOptions: { input: entry } },
      ssr: { noExternal: true },
    });
    await expectAlone('vite-node', 'main.js');
  });
});

/** Runs a bundle where the package is not installed. */
async function expectAlone(folder: string, name: string): Promise<void> {
  for (const file of readdirSync(at(folder)).filter((each) => each.endsWith('js'))) {
    expect(readFileSync(at(folder, file), 'utf8'), file).not.toMatch(/from ?"threadheap/);
  }
  expect(await installed.node(at(folder, name))).toBe(`${EXPECTED}\n`);
}

/** What pages and workers have beyond the language. */
const OF_THE_WEB = {
  SharedArrayBuffer,
  Atomics,
  AbortController,
  AbortSignal,
  TextDecoder,
  TextEncoder,
  clearTimeout,
  crypto,
  performance,
  setTimeout,
};

describe('a bundle for the web', { timeout: PATIENCE_MS }, () => {
  it.each([
    ['esbuild', bundleWithEsbuild],
    ['webpack', bundleWithWebpack],
    ['vite', bundleWithVite],
  ])('of %s runs where there is nothing of Node', async (_, bundleOf) => {
    const code = await bundleOf(at('web/alone.js'));
    const context = createContext({ ...OF_THE_WEB });
    runInContext(code, context);
    expect((context as { result?: unknown }).result).toBe(EXPECTED);
  });

  it.skipIf(chromium === undefined)('of webpack runs in Chromium, worker included', async () => {
    await pack({ target: 'web', entry: at('web/main.js'), ...moduleOutput('webpack-web') });
    await installed.write('webpack-web/index.html', '<!doctype html><script type="module" src="./main.mjs"></script>');
    expect(await inChromium(at('webpack-web'))).toBe(EXPECTED);
  });

  it.skipIf(chromium === undefined)('of Vite runs in Chromium, worker included', async () => {
    await vite({
      root: at('web'),
      base: './',
      logLevel: 'error',
      configFile: false,
      worker: { format: 'es' },
      build: { outDir: at('vite-web') },
    });
    expect(await inChromium(at('vite-web'))).toBe(EXPECTED);
  });
});

async function bundleWithEsbuild(entry: string): Promise<string> {
  const { outputFiles } = await esbuild({ entryPoints: [entry], bundle: true, format: 'iife', write: false });
  return outputFiles[0].text;
}

async function bundleWithWebpack(entry: string): Promise<string> {
  await pack({ target: 'web', entry, output: { path: at('webpack-alone'), filename: 'main.js' } });
  return readFileSync(at('webpack-alone/main.js'), 'utf8');
}

async function bundleWithVite(entry: string): Promise<string> {
  await vite({
    root: installed.project,
    logLevel: 'error',
    configFile: false,
    build: { outDir: at('vite-alone'), lib: { entry, formats: ['iife'], name: 'program', fileName: () => 'main.js' } },
  });
  return readFileSync(at('vite-alone/main.js'), 'utf8');
}

function moduleOutput(folder: string): webpack.Configuration {
  return {
    output: { path: at(folder), filename: '[name].mjs', chunkFilename: '[name].mjs', module: true, publicPath: 'auto' },
    experiments: { outputModule: true },
  };
}

/** Rejects with what webpack complains about, warnings too. */
async function pack(configuration: webpack.Configuration): Promise<void> {
  const settings: webpack.Configuration = { mode: 'production', context: installed.project, ...configuration };
  const stats = await promisify<webpack.Configuration, webpack.Stats | undefined>(webpack)(settings);
  const { errors = [], warnings = [] } = stats!.toJson();
  expect([...errors, ...warnings].map(({ message }) => message)).toEqual([]);
}

/** What the page in a folder leaves in `result`. */
async function inChromium(folder: string): Promise<unknown> {
  const { server, origin } = await serve({ site: pathToFileURL(`${folder}/`) });
  const browser = await startChromium(chromium!);
  try {
    const page = await browser.newPage();
    await page.goto(`${origin}/site/index.html`);
    await page.waitForFunction('globalThis.result');
    return await page.evaluate('globalThis.result');
  } finally {
    await browser.close();
    server.close();
  }
}
