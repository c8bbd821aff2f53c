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

/** Labels of one drawing that lie over each other. Run by the page, hence handed over as text, like what follows. */
const COLLISIONS = `[...document.querySelectorAll('figure svg')].filter((svg) => svg.checkVisibility()).flatMap((svg) => {
  const labels = [...svg.querySelectorAll('text')].filter(({ textContent }) => textContent !== '');
  const boxes = labels.map((label) => ({ text: label.textContent, box: label.getBoundingClientRect() }));
  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0.5 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3;
  return boxes.flatMap((one, index) =>
    boxes
      .slice(index + 1)
      .filter((other) => meet(one.box, other.box))
      .map((other) => svg.getAttribute('aria-label') + ': ' + one.text + ' over ' + other.text),
  );
})`;

/** Labels that stick out of their drawing to a side, where a panel that can be scrolled would cut them. */
const CUT = `[...document.querySelectorAll('figure .panel svg')].filter((svg) => svg.checkVisibility()).flatMap((svg) => {
  const { left, right } = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')]
    .map((label) => ({ text: label.textContent, box: label.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && (box.left < left - 1 || box.right > right + 1))
    .map(({ text }) => svg.getAttribute('aria-label') + ': ' + text);
})`;

/** Drawings that are hidden at this width are left out. */
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
  broken: { page: stressPage({ ...exampleResult(), verdict: 'violated', violations: 3 }, new Date()), drawings: 0 },
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

    it.each([390, 1280])('has no label over another, and none that is cut, at a width of %i', async (width) => {
      await open(name, width, 'light', async (page) => {
        expect(await page.evaluate(COLLISIONS)).toEqual([]);
        expect(await page.evaluate(CUT)).toEqual([]);
      });
    });

    it('is not endless on a phone, and says what can be scrolled sideways', async () => {
      await open(name, 390, 'light', async (page) => {
        expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThan(6000);
        const hints = `[...document.querySelectorAll('.hint')].filter((hint) => hint.checkVisibility()).length`;
        const cut = `[...document.querySelectorAll('.scroll, .line')].filter((each) =>
          each.checkVisibility() && each.scrollWidth > each.clientWidth + 1).length`;
        expect(await page.evaluate(cut)).toBe(await page.evaluate(hints));
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

  it.each(['light', 'dark'] as const)('shows violations in red, %s', async (scheme) => {
    await open('broken', 390, scheme, async (page) => {
      const colours = await page.evaluate<string[]>(
        `[...document.querySelectorAll('h1, .bad')].map((each) => getComputedStyle(each).color)`,
      );
      expect(colours.length).toBeGreaterThan(1);
      for (const colour of colours) {
        const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
        expect(red, colour).toBeGreaterThan(1.5 * Math.max(green, blue));
      }
    });
  });
});
