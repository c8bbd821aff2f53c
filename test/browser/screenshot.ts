/**
 * Makes docs/report.png, the picture of a report that the README shows: the verdict and two of the figures of a run on
 * the machine at hand. Needs Chromium. Run by `npm run docs:screenshot`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { findChromium, startChromium } from './chromium.ts';

const main = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const picture = fileURLToPath(new URL('../../docs/report.png', import.meta.url));
const VIEWPORT = { width: 1060, height: 800 };
/** What the picture leaves out of the page. */
const EXCERPT = `
  main > section:not(.charts), .charts h2, figure:not(:nth-of-type(2), :nth-of-type(4)), figcaption, details, footer,
  .thirds .panel:is(:nth-child(2), :nth-child(3), :nth-child(5)) { display: none }
  main { padding-bottom: 1rem } .charts { margin-top: 1.5rem } figure { margin-bottom: 1.5rem }`;

const executable = findChromium();
if (executable === undefined) throw new Error('needs Chromium on the PATH');

const folder = await mkdtemp(join(tmpdir(), 'threadheap-screenshot-'));
const report = join(folder, 'report.html');
await promisify(execFile)(process.execPath, [main, 'stress', '--report', report]);
const browser = await startChromium(executable);
const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: 'light' });
await page.goto(pathToFileURL(report).href);
await page.addStyleTag({ content: EXCERPT });
await page.screenshot({ path: picture, fullPage: true });
await browser.close();
await rm(folder, { recursive: true });
