import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StressResult } from '../../src/stress/results/stress-result.ts';
import { BuiltCommand } from '../support/built-command.ts';

/** Starting a hundred threads on a busy machine. */
const PATIENCE_MS = 300_000;

const command = new BuiltCommand();
beforeAll(() => command.build());
afterAll(() => command.remove());

async function stress(flags: string): Promise<{ code: number | null; result: StressResult }> {
  const { code, stdout, stderr } = await command.run(`stress --quiet --json ${flags}`);
  expect(stderr).toBe('');
  return { code, result: JSON.parse(stdout) as StressResult };
}

describe('a heap under load loses nothing when a hundred threads are terminated', { timeout: PATIENCE_MS }, () => {
  it.each([
    ['with slabs', ''],
    ['without slabs', '--no-slabs'],
  ])('%s', async (_, flags) => {
    const { code, result } = await stress(`--kill 100 ${flags}`.trim());
    const [run] = result.runs;
    expect(run.firstViolations).toEqual([]);
    expect({ code, verdict: result.verdict, deaths: result.deaths }).toEqual({ code: 0, verdict: 'held', deaths: 100 });
    const kills = run.kills!;
    expect(kills).toMatchObject({ wanted: 100, deaths: 100 });
    expect(kills.lockSeizures).toBeGreaterThan(0);
    expect(kills.operationsInFlight).toBeLessThanOrEqual(100);
    expect(kills.blocksInFlight).toBeLessThanOrEqual(kills.operationsInFlight);
    expect(kills.blocksRecovered).toBeGreaterThan(100);
    if (result.slabs) expect(kills.slabsAdopted).toBeGreaterThan(0);
    expect(result.command).toContain(`--seed ${result.seed} --kill 100`);
    expect(result.detection.map(({ of, trials }) => [of, trials])).toContainEqual(['deaths', 100]);
  });
});

describe('threadheap stress --kill', () => {
  it.each([1, 2, 8])('goes on with %i threads', async (threads) => {
    const { code, result } = await stress(`--kill 10 --threads ${threads}`);
    expect(result.runs[0].firstViolations).toEqual([]);
    expect({ code, deaths: result.deaths, threads: result.runs[0].threads }).toEqual({ code: 0, deaths: 10, threads });
  });

  it('shares the deaths out among all workloads', async () => {
    const names = 'larson mstress xmalloc-test rptest cache-scratch mleak prod-con';
    const { code, result } = await stress(`--kill 15 --threads 2 --workload ${names}`);
    expect(result.runs.flatMap((run) => run.firstViolations)).toEqual([]);
    expect(code).toBe(0);
    expect(result.runs.map(({ name, kills }) => `${name} ${kills?.deaths}`)).toEqual(
      names.split(' ').map((name, index) => `${name} ${index === 0 ? 3 : 2}`),
    );
  });

  it('tells what the deaths did, in words', async () => {
    const { code, stdout } = await command.run('stress --kill 3 --threads 2 --seed 7');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^After .*, with 3 threads killed at work: nothing was lost/);
    expect(stdout).toMatch(/^churn: 3 threads died, [\d.]+\/s, \d of them inside a call\.$/m);
    expect(stdout).toMatch(/^ {2}No thread waited longer than [\d.]+ ms for the lock\.$/m);
    expect(stdout).toContain('Repeat with: npx threadheap stress --threads 2 --seed 7 --kill 3 --fit first-fit\n');
  });

  it('reports threads that hang because nobody gets the lock of a dead one, and does not hang itself', async () => {
    const { code, result } = await stress('--kill 1000 --no-slabs --break seize');
    expect(code).toBe(1);
    const kinds = result.runs.flatMap((run) => run.firstViolations.map(({ kind }) => kind));
    expect(kinds.some((kind) => kind === 'lost worker' || kind === 'error')).toBe(true);
  });
});
