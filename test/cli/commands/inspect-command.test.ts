import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltCommand } from '../../support/built-command.ts';

const command = new BuiltCommand();
beforeAll(() => command.build());
afterAll(() => command.remove());

const inspect = (flags: string) => command.run(`inspect ${flags}`);

describe('threadheap inspect', () => {
  it('prints the map, the statistics and the fragmentation of a heap at work, without colours where there are none', async () => {
    const { code, stdout, stderr } = await inspect('--workload larson --threads 2 --seconds 2 --seed 1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^larson on 2 threads, the heap at its fullest, after [\d.]+ s\n\n +0 B [a-dA-D·-]{64}\n/u);
    expect(stdout).toMatch(/\n +live +[\d.]+ [KM]iB +[\d.]+ %: what the program holds\n/u);
    expect(stdout).toMatch(/\na request of +could be served from\n +up to [\d.]+ [KM]?i?B +█/u);
    expect(stdout).toMatch(/ or more +0\.0 % in 0 free runs\n$/u);
    expect(stdout).not.toContain(String.fromCodePoint(27));
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('tells the same as JSON', async () => {
    const { code, stdout } = await inspect('--workload larson --threads 2 --seconds 2 --no-slabs --seed 7 --json');
    const found = JSON.parse(stdout) as {
      stats: { liveBytes: number; byteLength: number };
      blocks: number;
      fragmentation: { size: number }[];
      map: { cellBytes: number; cells: unknown[] };
    };
    expect(code).toBe(0);
    expect(found).toMatchObject({ workload: 'larson', threads: 2, fit: 'first-fit', slabs: false, seed: 7 });
    expect(found.stats.liveBytes).toBeGreaterThan(0);
    expect(found.blocks).toBeGreaterThan(0);
    expect(found.fragmentation[0].size).toBe(16);
    expect(found.map.cells.length).toBe(Math.ceil(found.stats.byteLength / found.map.cellBytes));
  });

  it.each([
    ['an unknown option', '--frobnicate', "error: unknown option '--frobnicate'"],
    ['an unknown workload', '--workload larsen', /Allowed choices are larson, /],
    ['no threads', '--threads 0', /It must be a whole number from 1 to 256\.$/],
    ['no time', '--seconds 0', /It must be a number above 0 and at most 86400\.$/],
    ['an unknown fit', '--fit tight-fit', /Allowed choices are first-fit, /],
    ['an image that is not there', 'sqlite', 'threadheap: sqlite: ENOENT: no such file'],
  ])('ends with 2 and one line on stderr for %s', async (_, flags, message) => {
    const { code, stdout, stderr } = await inspect(flags);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr.trimEnd()).toMatch(message);
  });
});
