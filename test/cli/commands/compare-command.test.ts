import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompareResult } from '../../../src/stress/results/stress-result.ts';
import { BuiltCommand } from '../../support/built-command.ts';

const command = new BuiltCommand();
beforeAll(() => command.build());
afterAll(() => command.remove());

describe('threadheap compare', () => {
  it('tabulates the same requests under each setting', async () => {
    const { code, stdout, stderr } = await command.run(
      'compare --workload prod-con cache-scratch --threads 2 --fit first-fit worst-fit --seed 3 --quiet --json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { rows, ...comparison } = JSON.parse(stdout) as CompareResult;
    expect(rows.map(({ workload, fit, slabs }) => `${workload} ${fit} ${slabs}`)).toEqual(
      ['prod-con', 'cache-scratch'].flatMap((workload) =>
        ['first-fit', 'worst-fit'].flatMap((fit) => [`${workload} ${fit} true`, `${workload} ${fit} false`]),
      ),
    );
    expect(comparison).toMatchObject({ verdict: 'held', violations: 0, seed: 3, interrupted: false });
    expect(
      new Set(rows.filter(({ workload }) => workload === 'prod-con').map(({ operations }) => operations)).size,
    ).toBe(1);
    for (const { seconds, peakUsedBytes } of rows) expect(seconds > 0 && peakUsedBytes > 0).toBe(true);
    expect(comparison.command).toBe(
      'npx threadheap compare --workload prod-con cache-scratch --threads 2 --seed 3 --rounds 1 --fit first-fit worst-fit',
    );
  });

  it('prints a table and a verdict', async () => {
    const { code, stdout } = await command.run('compare --workload prod-con --threads 2 --fit best-fit --slabs off');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^After 1 setting in [\d.]+ s: all of them held\.\n\nworkload /);
    expect(stdout).toMatch(/^prod-con +best-fit +off +[\d.]+ m?s /m);
  });

  it('repeats the work for the time that it is given', async () => {
    const { code, stdout } = await command.run(
      'compare --workload prod-con --threads 2 --fit best-fit --no-slabs --seconds 1 --seed 4 --quiet --json',
    );
    const { rows, command: again } = JSON.parse(stdout) as CompareResult;
    expect({ code, settings: rows.map(({ fit, slabs }) => `${fit} ${slabs}`) }).toEqual({
      code: 0,
      settings: ['best-fit false'],
    });
    expect(again).toContain('--seed 4 --seconds 1 --fit best-fit --slabs off');
  });

  it('ends with 1 when a heap does not hold', async () => {
    const { code, stdout } = await command.run(
      'compare --workload churn --threads 2 --fit first-fit --slabs off --break leak --quiet',
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/leak/);
    expect(stdout).toContain('did NOT hold');
  });

  it.each([
    ['--fit tight-fit', /Allowed choices are first-fit, best-fit, next-fit, worst-fit\.$/],
    ['--slabs maybe', /Allowed choices are on, off\.$/],
    ['--seconds 1 --rounds 1', /cannot be used with option/],
    ['--rounds 0', /It must be a whole number from 1 to 1000\.$/],
    ['--json /none/x', /^threadheap: cannot write \/none\/x: ENOENT/],
  ])('ends with 2 and one line on stderr for %s', async (flags, message) => {
    const { code, stdout, stderr } = await command.run(`compare --workload churn ${flags}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
