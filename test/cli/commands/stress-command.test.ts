import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sum } from '../../../src/sum.ts';
import type { StressResult } from '../../../src/stress/results/stress-result.ts';
import { WORKLOAD_NAMES } from '../../../src/stress/workloads/workloads.ts';

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const SMALL_TRACE = Array.from({ length: 2000 }, (_, i) => `${i % 2} a ${i} ${i % 300}\n${(i >> 1) % 2} f ${i}\n`);

let folder: string;
let trace: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stress-'));
  trace = join(folder, 'small.trace.gz');
  writeFileSync(trace, gzipSync(SMALL_TRACE.join('')));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command line from its source, and sends it `signal` as soon as it says that it has begun. */
function threadheap(line: string, signal?: NodeJS.Signals): Promise<Result> {
  const loader = new URL('../../../workers/typescript-loader.mjs', import.meta.url);
  const main = new URL('../../../src/cli/main.ts', import.meta.url);
  const child = spawn(process.execPath, ['--import', loader.href, main.pathname, ...line.split(' ')], {
    env: { ...process.env, NO_COLOR: '1' },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => {
    if (output.stderr === '' && signal !== undefined) child.kill(signal);
    output.stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })));
}

describe('threadheap stress', () => {
  it('ends with 0, tables, a verdict and the command that repeats it, when the heap holds', async () => {
    const { code, stdout, stderr } = await threadheap(`stress --trace ${trace} --seconds 6 --seed 5`);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^small: 4 threads\n/);
    const [verdict, ...rest] = stdout.split('\n');
    expect(verdict).toMatch(/^After .*: nothing was lost, nothing overlapped, every byte was as it was written\.$/);
    expect(rest).toContainEqual(expect.stringMatching(/^small +4 +[\d,]+ +[\d.]+ k?\/s/));
    expect(stdout).not.toContain('deallocate');
    const command = `npx threadheap stress --trace ${trace} --threads 4 --seed 5 --seconds 6 --fit first-fit`;
    expect(stdout).toContain(`Repeat with: ${command}\n`);
  });

  it('fits its tables into 80 columns, those with the details too', async () => {
    const { stdout } = await threadheap(`stress --trace ${trace} --workload larson --seconds 12 --verbose`);
    const tables = stdout.split('\n\n').slice(1, -1);
    expect(tables.map((table) => table.split(' ')[0])).toEqual(['workload', 'workload', 'workload', 'workload']);
    expect(tables.join('\n')).toMatch(/^larson +deallocate +[\d.]+ [nµm]?s /m);
    for (const line of tables.join('\n').split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('says the verdict alone when it is to be quiet, and writes its result to a file', async () => {
    const file = join(folder, 'result.json');
    const { code, stdout, stderr } = await threadheap(
      `stress --trace ${trace} ${trace} --threads 1 --seconds 6 --no-slabs --quiet --json ${file}`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    const report = JSON.parse(readFileSync(file, 'utf8')) as StressResult;
    expect(report).toMatchObject({ verdict: 'held', violations: 0, deaths: 0, interrupted: false, slabs: false });
    expect(report.runs.map(({ kind, name, threads }) => [kind, name, threads])).toContainEqual(['trace', 'small', 2]);
    expect(report.runs.length + report.leftOut.length).toBe(2);
    expect(report.operations).toBe(sum(report.runs.map(({ operations }) => operations)));
    expect(report.runs[0].operations).toBeLessThanOrEqual(report.runs[0].rounds * 4000);
    expect(report.seconds).toBeGreaterThan(0);
    expect(report.command).toContain(`--seed ${report.seed}`);
  });

  it('ends with 1 and the violations when the heap does not hold', async () => {
    const { code, stdout } = await threadheap('stress --break lock --no-slabs --workload larson --json');
    const report = JSON.parse(stdout) as StressResult;
    expect(code).toBe(1);
    expect(report.verdict).toBe('violated');
    expect(report.violations).toBeGreaterThan(0);
    const [first] = report.runs.flatMap((run) => run.firstViolations);
    expect(Object.keys(first)).toEqual(['kind', 'detail', 'object', 'address', 'size', 'thread', 'operation']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends cleanly with what is known so far on %s', async (signal) => {
    const { code, stdout, stderr } = await threadheap(`stress --trace ${trace} --seconds 600`, signal);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Interrupted after .*: nothing was (?:lost|tried)/m);
    expect(stderr).not.toContain('Error');
  });
});

describe('threadheap stress --workload', () => {
  it('runs what was chosen, and no trace', async () => {
    const { code, stdout } = await threadheap('stress --workload prod-con mleak --threads 2 --seconds 6 --json');
    const report = JSON.parse(stdout) as StressResult;
    expect(code).toBe(0);
    const ran = report.runs.map(({ kind, name }) => `${kind} ${name}`);
    expect([...ran, ...report.leftOut.map((name) => `workload ${name}`)]).toEqual([
      'workload prod-con',
      'workload mleak',
    ]);
    expect(report.command).toContain('--workload prod-con mleak --threads 2');
  });

  it('describes them all with --list', async () => {
    const { code, stdout, stderr } = await threadheap('stress --list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(WORKLOAD_NAMES);
  });
});

describe('threadheap stress ends with 2 and one line on stderr for', () => {
  it.each([
    ['an unknown option', '--frobnicate', "error: unknown option '--frobnicate'"],
    ['no threads', '--threads 0', /^error: option '--threads <n>' .* It must be a whole number from 1 to 256\.$/],
    ['too many threads', '--threads 257', /It must be a whole number from 1 to 256\.$/],
    ['half a thread', '--threads 1.5', /It must be a whole number from 1 to 256\.$/],
    ['no time', '--seconds 0', /It must be a number above 0 and at most 86400\.$/],
    ['a negative seed', '--seed=-1', /It must be a whole number from 0 to 4294967295\.$/],
    ['an unknown fit', '--fit tight-fit', /Allowed choices are first-fit, best-fit, next-fit, worst-fit\.$/],
    ['an unknown workload', '--workload larsen', /Allowed choices are larson, mstress, /],
    ['an argument too many', '--quiet sqlite', /^error: too many arguments/],
    ['a trace that is not there', '--trace none.gz', 'threadheap: none.gz: no such file'],
    ['a trace without a name', '--trace', "error: option '--trace <file...>' argument missing"],
    ['a result that cannot be written', '--json /none/x', /^threadheap: cannot write \/none\/x: ENOENT/],
    ['deaths in a trace', '--kill 1', 'threadheap: --kill needs workloads'],
    ['no deaths', '--kill 0', /It must be a whole number from 1 to 1000000\.$/],
    ['an unknown oracle', '--oracles delphi', /Allowed choices are owner, bytes, history, room, sum, check\.$/],
  ])('%s', async (_, flags, message) => {
    const chosen = flags.startsWith('--trace') ? '' : ` --trace ${trace}`;
    const { code, stdout, stderr } = await threadheap(`stress${chosen} ${flags}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr.trimEnd()).toMatch(message);
  });

  it('a damaged trace, naming its line', async () => {
    const damaged = join(folder, 'damaged.trace.gz');
    writeFileSync(damaged, gzipSync('0 a 1 8\n0 f 2\n'));
    const { code, stdout, stderr } = await threadheap(`stress --trace ${trace} ${damaged}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`threadheap: ${damaged}:2: object 2 is freed but was never allocated\n`);
  });
});
