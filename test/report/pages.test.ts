/** What the reports say, read from their HTML. How they look is test/browser/report.test.ts's. */
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { comparePage } from '../../src/report/compare-page.ts';
import { stressPage } from '../../src/report/stress-page.ts';
import type { KillResult, StressResult } from '../../src/stress/results/stress-result.ts';
import { exampleComparison, exampleLatency, exampleResult, exampleRun } from './example-result.ts';

const DATE = new Date('2026-11-23T10:00:00Z');

const KILLS: KillResult = {
  wanted: 100,
  deaths: 80,
  deathsPerSecond: 20,
  lockSeizures: 7,
  tablesRebuilt: 5,
  slabsAdopted: 61,
  operationsInFlight: 40,
  blocksInFlight: 8,
  blocksRecovered: 9123,
  longestWaitMs: 12.5,
};

function read(page: string) {
  const { document } = parseHTML(page);
  const texts = (selector: string) => [...document.querySelectorAll(selector)].map(textOf);
  return { document, texts };
}

function textOf({ textContent }: { textContent: string | null }): string {
  return (textContent ?? '').replaceAll(/\s+/g, ' ').trim();
}

const shown = (overrides: Partial<StressResult> = {}) => read(stressPage(exampleResult(overrides), DATE));

describe('the report on a stress run', () => {
  it('says first that the heap held, and after how much work', () => {
    const { texts } = shown();
    expect(texts('title')).toEqual(['The heap held · threadheap']);
    expect(texts('h1')).toEqual(['✓ The heap held']);
    expect(texts('.lead')[0]).toMatch(/^After 28,560,000 operations on up to 9 threads in 20\.7 s: nothing was lost/);
    expect(texts('pre')).toEqual([exampleResult().command]);
    expect(texts('.violations')).toEqual([]);
  });

  it('says first that the heap did not hold, and lists what was found', () => {
    const violation = {
      kind: 'overlap',
      detail: 'a live block lies there',
      object: 7,
      address: 65_600,
      size: 1234,
    } as const;
    const runs = [
      { ...exampleRun('larson'), violations: 1, firstViolations: [{ ...violation, thread: 2, operation: 4321 }] },
    ];
    const { texts } = shown({ verdict: 'violated', violations: 1, runs });
    expect(texts('h1')).toEqual(['✗ The heap did not hold']);
    expect(texts('.lead')[0]).toContain('the heap did NOT hold, with 1 violation: 1 × overlap.');
    expect(texts('.violations li')).toEqual([
      'overlap a live block lies there, block 7 of 1,234 bytes at 65600. larson, thread 2, operation 4,321',
    ]);
  });

  it('says that it was interrupted', () => {
    expect(shown({ interrupted: true }).texts('.lead')[0]).toMatch(/^Interrupted after 28,560,000 operations/);
  });

  it('tells what killing threads did, where threads were killed', () => {
    expect(shown().texts('h2')).not.toContain('Threads killed at work');
    const { texts } = shown({ deaths: 80, runs: [{ ...exampleRun('larson'), kills: KILLS }] });
    expect(texts('h2')).toContain('Threads killed at work');
    expect(texts('td')).toEqual(expect.arrayContaining(['80', '7', '61', '9,123', '8 (10.0 % of deaths)', '12.5 ms']));
  });

  it('has a name and the numbers for each figure', () => {
    const { document, texts } = shown();
    expect(texts('figure h3')).toEqual([
      'Throughput by threads',
      'Latency by call',
      'Memory over time',
      'The heap at its fullest',
      'Blocks and free runs by size',
    ]);
    for (const figure of document.querySelectorAll('figure')) {
      expect(figure.querySelectorAll('details tbody tr').length).toBeGreaterThan(3);
      expect(figure.querySelector('figcaption')?.textContent).toMatch(/\.$/);
    }
    for (const svg of document.querySelectorAll('svg')) {
      expect(svg.getAttribute('role')).toBe('img');
      expect(svg.getAttribute('aria-label')?.length).toBeGreaterThan(20);
    }
  });

  it('gives two runs of one name a name each', () => {
    const { texts } = shown({ runs: [exampleRun('small'), exampleRun('small')] });
    expect(texts('figure h4')).toEqual(expect.arrayContaining([expect.stringMatching(/^small \(2\) /)]));
  });

  it('shows of a run that was cut short what there is', () => {
    const none = exampleLatency(0, 0);
    const latencies = { allocate: none, reallocate: none, deallocate: none, lockWait: none };
    const run = {
      ...exampleRun('larson'),
      operations: 0,
      operationsPerSecond: 0,
      perThread: [],
      memory: [],
      heapMap: null,
      latencies,
    };
    const { texts } = shown({ interrupted: true, detection: [], runs: [run] });
    expect(texts('figure h3')).toEqual(['Throughput by threads']);
    expect(shown({ interrupted: true, detection: [], operations: 0, runs: [] }).texts('figure')).toEqual([]);
  });

  it('takes no word as markup, whoever named the trace', () => {
    const name = `<script>alert("x")</script>&'`;
    const { document, texts } = shown({ runs: [exampleRun(name)], command: `stress --trace ${name}` });
    expect(document.querySelectorAll('script').length).toBe(0);
    expect(texts('tbody th')[0]).toBe(name);
    expect(texts('pre')).toEqual([`stress --trace ${name}`]);
  });

  it('refers to nothing outside itself', () => {
    const page = stressPage(exampleResult(), DATE);
    expect(page).not.toMatch(/<(script|link|img|iframe)\b|\bsrc=|\bhref=|url\(|@import/);
    expect(page.match(/https?:\/\/[^"]*/g) ?? []).toEqual([]);
  });

  it('stays small', () => {
    expect(stressPage(exampleResult(), DATE).length).toBeLessThan(600_000);
  });
});

describe('the report on a comparison', () => {
  it('says which setting did best', () => {
    const { texts } = read(comparePage(exampleComparison(), DATE));
    expect(texts('.lead')[0]).toContain('40 runs of 5 workloads in 81.2 seconds, and the heap held under all of them');
    expect(texts('figcaption')[0]).toContain('first-fit was the fastest, first-fit without slabs the most sparing');
    expect(texts('section > .scroll tbody th')).toHaveLength(8);
    expect(texts('details tbody tr')).toHaveLength(40);
  });

  it('says so when the heap did not hold', () => {
    const { texts } = read(comparePage(exampleComparison({ verdict: 'violated', violations: 3 }), DATE));
    expect(texts('h1')).toEqual(['✗ Settings compared']);
    expect(texts('.lead')[0]).toContain('with 3 violations');
  });

  it('has nothing but its header when it was interrupted at once', () => {
    const { texts } = read(comparePage(exampleComparison({ interrupted: true, rows: [] }), DATE));
    expect(texts('figure')).toEqual([]);
    expect(texts('.lead')[0]).toContain('interrupted');
  });
});
