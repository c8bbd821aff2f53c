import { describe, expect, it } from 'vitest';
import { MergeError, mergeReports, parseReport } from '../../src/explore/outcome/merge.ts';
import { toJson, type JsonReport } from '../../src/explore/outcome/result.ts';
import { run } from './run.ts';

const shard = (index: number, change: Partial<JsonReport> = {}): JsonReport => ({
  outcome: 'held',
  kind: null,
  schedule: null,
  traceHash: null,
  schedules: 10,
  complete: true,
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
      schedule: 'v1:…',
      traceHash: '0',
      complete: false,
      warnings: ['two', 'three'],
    });
    expect(mergeReports([shard(1, { warnings: ['one', 'two'] }), failed])).toEqual({
      outcome: 'failed',
      kind: 'race',
      schedule: 'v1:…',
      traceHash: '0',
      schedules: 20,
      complete: false,
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
      schedules: 3,
      complete: false,
      bound: 2,
      crashPoints: 0,
      races: 0,
      schedulesPerSecond: expect.any(Number) as number,
      warnings: [],
    });
  });
});
