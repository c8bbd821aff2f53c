/**
 * The reports in a browser, from a file, without a network: every chart draws something, in light and dark, on a desktop
 * and on a phone. Needs Chromium; where there is none, the tests say that they were skipped.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparePage } from '../../src/report/compare-page.ts';
import { stressPage } from '../../src/report/stress-page.ts';
import { exampleComparison, exampleResult } from '../report/example-result.ts';
import { findChromium, startChromium } from './chromium.ts';

const executable = findChromium();
if (executable === undefined) console.warn('skipped: the report tests need Chromium on the PATH, and there is none');

/** What a page shows of one drawing. */
interface Shown {
  readonly label: string;
  readonly width: number;
  readonly height: number;
  /** Bars, areas, dots and lines of at least a pixel in both directions that have a colour. */
  readonly marks: number;
  readonly colours: readonly string[];
  readonly texts: number;
  /** Text that is smaller than this cannot be read. */
  readonly textPixels: number;
}

/** Run by the page, hence handed over as text. Drawings that are hidden at this width are left out. */
const LOOK = `[...document.querySelectorAll('figure svg')].filter((svg) => svg.checkVisibility()).map((svg) => {
  const box = svg.getBoundingClientRect();
  const seen = [...svg.querySelectorAll('rect, path, circle')].filter((mark) => {
    const { width, height } = mark.getBoundingClientRect();
    return width >= 1 && height >= 1 && !['none', 'rgba(0, 0, 0, 0)'].includes(getComputedStyle(mark).fill);
  });
  const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent !== '');
  return {
    label: svg.getAttribute('aria-label'),
    width: box.width,
    height: box.height,
    marks: seen.length,
    colours: [...new Set(seen.map((mark) => getComputedStyle(mark).fill))],
    texts: texts.length,
    textPixels: parseFloat(getComputedStyle(svg).fontSize) * box.width / svg.viewBox.baseVal.width,
  };
})`;

const PAGES = {
  stress: { page: stressPage(exampleResult(), new Date()), drawings: 1 + 4 + 5 + 5 + 5 },
  compare: { page: comparePage(exampleComparison(), new Date()), drawings: 3 },
} as const;

describe.skipIf(executable === undefined)('a report in Chromium', () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threadheap-report-'));
    browser = await startChromium(executable!);
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  /** Opens a report from a file, notes all that it asks for or complains of, and closes it after `look`. */
  async function open(
    name: keyof typeof PAGES,
    width: number,
    colorScheme: 'light' | 'dark',
    look: (page: Page) => Promise<void>,
  ) {
    const file = join(folder, `${name}.html`);
    await writeFile(file, PAGES[name].page);
    const context: BrowserContext = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      offline: true,
    });
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const { href } = pathToFileURL(file);
    await page.goto(href);
    await look(page);
    expect(requests).toEqual([href]);
    expect(complaints).toEqual([]);
    await context.close();
  }

  describe.each(['stress', 'compare'] as const)('on %s', (name) => {
    it.each([
      [1280, 'light'],
      [1280, 'dark'],
      [360, 'light'],
      [360, 'dark'],
    ] as const)('draws every chart at a width of %i, %s, and asks for nothing', async (width, scheme) => {
      await open(name, width, scheme, async (page) => {
        const drawings = await page.evaluate<Shown[]>(LOOK);
        expect(drawings).toHaveLength(PAGES[name].drawings);
        for (const { label, texts, marks, textPixels, ...shown } of drawings) {
          expect(shown.width, label).toBeGreaterThan(250);
          expect(shown.height, label).toBeGreaterThan(90);
          expect(marks, label).toBeGreaterThan(2);
          expect(texts, label).toBeGreaterThan(3);
          expect(textPixels, label).toBeGreaterThan(10);
        }
      });
    });

    it('does not have to be moved sideways on a phone', async () => {
      await open(name, 360, 'light', async (page) => {
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      });
    });

    it('has other colours in the dark', async () => {
      const colours: (readonly string[])[] = [];
      for (const scheme of ['light', 'dark'] as const) {
        await open(name, 1280, scheme, async (page) => {
          const [first] = await page.evaluate<Shown[]>(LOOK);
          colours.push([
            await page.evaluate<string>('getComputedStyle(document.body).backgroundColor'),
            ...first.colours,
          ]);
        });
      }
      const [light, dark] = colours;
      expect(light.filter((colour) => dark.includes(colour))).toEqual([]);
    });
  });
});
