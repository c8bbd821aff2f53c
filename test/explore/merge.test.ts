import { describe, expect, it } from 'vitest';
import { MergeError, mergeReports, parseReport } from '../../src/explore/outcome/merge.ts';
import { toJson, type JsonReport } from '../../src/explore/outcome/result.ts';
import { run } from './run.ts';

const shard = (index: number, change: Partial<JsonReport> = {}): JsonReport => ({
  outcome: 'held',
  kind: null,
  message: null,
  schedule: null,
  traceHash: null,
  preemptions: null,
  trace: null,
  threads: null,
  schedules: 10,
  pruned: 1,
  failures: 0,
  outcomes: { one: 4, two: 6 },
  complete: true,
  exhaustive: true,
  limits: ['one'],
  stopped: null,
  triedUpTo: 2,
  bound: 2,
  crashPoints: 2,
  races: 0,
  schedulesPerSecond: 100,
  warnings: [],
  shard: { index, count: 2, crashPoints: ['a@1', `b@${index}`] },
  ...change,
});

describe('mergeReports', () => {
  it('gives the report of the whole', async () => {
    const options = { crash: 'every-operation', stopAtFailure: false } as const;
    const parts = await Promise.all(['1/2', '2/2'].map((part) => run('cas-spinlock', { ...options, shard: part })));
    const whole = toJson(await run('cas-spinlock', options));
    const merged = mergeReports(parts.map(toJson));
    expect({ ...merged, schedulesPerSecond: 0 }).toEqual({ ...whole, schedulesPerSecond: 0 });
  });

  it('unites crash points, adds counts, and fails if one failed', () => {
    const failed = shard(2, {
      outcome: 'failed',
      kind: 'race',
      message: 'a race',
      schedule: 'v1:…',
      traceHash: '0',
      preemptions: 1,
      threads: ['ended'],
      failures: 1,
      outcomes: { two: 1, three: 2 },
      complete: false,
      exhaustive: false,
      stopped: 'failure',
      triedUpTo: 0,
      warnings: ['two', 'three'],
    });
    expect(mergeReports([shard(1, { warnings: ['one', 'two'] }), failed])).toEqual({
      outcome: 'failed',
      kind: 'race',
      message: 'a race',
      schedule: 'v1:…',
      traceHash: '0',
      preemptions: 1,
      trace: null,
      threads: ['ended'],
      schedules: 20,
      pruned: 2,
      failures: 1,
      outcomes: { one: 4, two: 7, three: 2 },
      complete: false,
      exhaustive: false,
      limits: ['one'],
      stopped: 'failure',
      triedUpTo: 0,
      bound: 2,
      crashPoints: 3,
      races: 0,
      schedulesPerSecond: 200,
      warnings: ['one', 'two', 'three'],
    });
  });

  it('refuses reports that are not those of all shards of one search, each once', () => {
    expect(() => mergeReports([shard(1)])).toThrow('shards are missing: 2/2');
    expect(() => mergeReports([shard(1), shard(2), shard(2)])).toThrow('more than once');
    expect(() => mergeReports([shard(1), shard(2, { bound: 3 })])).toThrow('different bounds');
    expect(() => parseReport('{', 'x.json')).toThrow(MergeError);
    expect(() => parseReport('{}', 'x.json')).toThrow('x.json: no report of the explorer');
  });
});

describe('the JSON report', () => {
  it('has exactly the documented fields', async () => {
    const report = toJson(await run('treiber-aba'));
    expect(report).toEqual({
      outcome: 'failed',
      kind: 'check',
      schedule: expect.stringMatching(/^v1:treiber-aba:64:/) as string,
      traceHash: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
      message: expect.stringMatching(/^check threw Error: /) as string,
      preemptions: 1,
      trace: expect.any(Array) as [],
      threads: ['ended', 'ended'],
      schedules: 3,
      pruned: 0,
      failures: 1,
      outcomes: expect.any(Object) as Record<string, number>,
      complete: false,
      exhaustive: false,
      limits: expect.any(Array) as string[],
      stopped: 'failure',
      triedUpTo: 0,
      bound: 2,
      crashPoints: 0,
      races: 0,
      schedulesPerSecond: expect.any(Number) as number,
      warnings: [],
    });
  });
});
