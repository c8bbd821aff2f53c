/**
 * The core in a browser, module by module as it is published: nothing is bundled, nothing is replaced. Needs Chromium;
 * where there is none, the tests say that they were skipped.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { findChromium, startChromium } from './chromium.ts';
import { serve } from './server.ts';

/** What `terminations` of the site returns. */
interface Account {
  readonly lost: number;
  readonly heldTwice: number;
  readonly changed: number;
  readonly unaccounted: number;
  readonly failures: readonly string[];
  readonly lockSeizures: number;
  readonly threads: number;
}

const KILLS = 30;

const root = fileURLToPath(new URL('../../', import.meta.url));
/** For the compiler and the browser to start, on a busy machine. */
const PATIENCE_MS = 120_000;
const executable = findChromium();
if (executable === undefined) console.warn('skipped: the browser tests need Chromium on the PATH, and there is none');

async function build(outDir: string): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', outDir], {
    cwd: root,
  });
}

describe.skipIf(executable === undefined)('in Chromium', () => {
  let dist: string;
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), 'threadheap-browser-'));
    await build(dist);
    const served = await serve({ dist: pathToFileURL(`${dist}/`), site: new URL('site/', import.meta.url) });
    server = served.server;
    browser = await startChromium(executable!);
    page = await browser.newPage();
    await page.goto(`${served.origin}/site/index.html`);
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(dist, { recursive: true });
  });

  /** Calls a function that a module of the site exports. The import is the page's, so its text is handed over. */
  const call = (module: string, name: string): Promise<unknown> =>
    page.evaluate(`import('/site/${module}').then((module) => module.${name}())`);

  it('gives the page shared memory', async () => {
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
  });

  it('shares one heap between the page and two module workers, who free each other’s blocks', async () => {
    expect(await call('hand-over.js', 'handOver')).toEqual({
      reports: [
        { verifiedByMain: 100, verifiedByWorker: 100 },
        { verifiedByMain: 100, verifiedByWorker: 100 },
      ],
      liveBytes: 0,
      threads: 1,
    });
  });

  it('has structs and values where code must not be made from text', async () => {
    expect(await call('structs.js', 'changeStructs')).toEqual({
      isEvalRefused: true,
      areTextsSame: true,
      areSharedTextsSame: true,
      hits: 1000,
      name: 'ž from the worker',
      next: { id: 2, hits: 0, name: 'second', pos: [4, 5, 6], next: 1 },
    });
  });

  it('saves and loads a heap as bytes, and says what it cannot do', async () => {
    expect(await call('images.js', 'saveAndLoad')).toEqual({
      isSame: true,
      isRoot: true,
      liveBytes: 200 * 1024,
      compressed: 'UNSUPPORTED',
      file: 'UNSUPPORTED',
      damaged: 'CORRUPTED',
    });
  });

  it('loads an image of Node, and saves one for it', async () => {
    using heap = new MemoryManager(16_384, { slabs: true });
    heap.root = heap.allocate(20)!;
    heap.write(heap.root, Buffer.from('Hello, Node!'));
    const image = Buffer.from(heap.image()).toString('base64');
    const module = `import('/site/images.js')`;
    const answer = await page.evaluate<string>(`${module}.then((module) => module.addToRoot('${image}'))`);
    using loaded = MemoryManager.load(Buffer.from(answer, 'base64'));
    loaded.check();
    const text = Buffer.from(loaded.read(loaded.root, 100)).toString().replaceAll('\0', '');
    expect(text).toBe('Hello, Node!, and from Chromium');
  });

  it('lets the page allocate without blocking while a worker holds the lock', async () => {
    expect(await call('wait-for-lock.js', 'waitForLock')).toEqual({
      settledWhileHeld: false,
      distinct: true,
      lockWaits: 1,
    });
  });

  it(
    'survives the termination of thirty workers at work: nobody hangs, and nothing is lost',
    { timeout: 300_000 },
    async () => {
      const { unaccounted, lockSeizures, ...rest } = await page.evaluate<Account>(
        `import('/site/terminations.js').then((module) => module.terminations(${KILLS}))`,
      );
      expect(rest).toEqual({ lost: 0, heldTwice: 0, changed: 0, failures: [], threads: 1 });
      expect(unaccounted).toBeLessThanOrEqual(KILLS);
      console.log(`${KILLS} workers terminated: ${lockSeizures} inside the lock, ${unaccounted} blocks on their way`);
    },
  );
});
