import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { JsonReport } from '../../src/explore/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
const file = (name: string): string => `test/explore/scenarios/${name}.scenario.ts`;

interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `threadheap explore …` from source. */
function command(...given: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [tsx, 'src/cli/main.ts', 'explore', ...given],
      { cwd: root },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : error.code, stdout, stderr });
      },
    );
  });
}

describe('threadheap explore', () => {
  it('exits with 0 where every schedule held, and with 1 where one failed', async () => {
    const [held, failed] = await Promise.all([command(file('cas-spinlock')), command(file('treiber-aba'))]);
    expect(held).toMatchObject({ code: 0, stderr: '' });
    expect(held.stdout).toMatch(/^HELD cas-spinlock\n/);
    expect(failed).toMatchObject({ code: 1, stderr: '' });
    const [, schedule = ''] = /schedule (v1:\S+)/.exec(failed.stdout) ?? [];
    const replayed = await command(file('treiber-aba'), '--replay', schedule, '--runs', '20');
    expect(replayed).toMatchObject({ code: 1, stderr: '' });
    expect(replayed.stdout).toContain('FAILED treiber-aba: check');
    expect(replayed.stdout).toContain('20 of 20 replays identical');
  });

  it.each([
    ['a file that does not exist', ['nowhere.ts']],
    ['a scenario that throws in setup', [file('failing-setup')]],
    ['a scenario that never ends', [file('endless'), '--watchdog', '500', '--quiet']],
    ['options that exclude each other', [file('cas-spinlock'), '--random', '--preemptions', '1']],
    ['a bad schedule string', [file('cas-spinlock'), '--replay', 'v9']],
  ])('exits with 2 and one line for %s', async (_what, given) => {
    const { code, stdout, stderr } = await command(...given);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^threadheap explore: [^\n]+\n$/);
  });

  it('takes the options of a long search, and gives everything as JSON', async () => {
    const given = ['--jobs', '2', '--time', '5m', '--timeouts', 'eager', '--reduction', '--quiet', '--json'];
    const { code, stdout } = await command(file('timeouts'), ...given);
    expect(code).toBe(0);
    const lazy = JSON.parse((await command(file('timeouts'), '--json')).stdout) as JsonReport;
    const report = JSON.parse(stdout) as JsonReport;
    expect(report).toMatchObject({ outcome: 'held', stopped: null, complete: true, warnings: [] });
    expect(report.outcomes['1000']).toBeGreaterThan(lazy.outcomes['1000']);
    expect(lazy.limits).toContain(
      'timeouts and timers fire, and deadlines pass, only when nothing else can run, the earliest first',
    );
    expect(report.limits.join()).not.toContain('timeouts');
  });

  it('gives the steps and the ends of threads of a failure as JSON', async () => {
    const { code, stdout } = await command(file('lost-wake-up'), '--json');
    expect(code).toBe(1);
    const { kind, message, trace, threads } = JSON.parse(stdout) as JsonReport;
    expect({ kind, message }).toEqual({
      kind: 'deadlock',
      message: 'every thread that has not ended sleeps, and nobody is left to wake it',
    });
    expect(threads!.join()).toMatch(/asleep in wait@\d+/);
    expect(trace![0]).toMatchObject({
      step: 0,
      operation: expect.any(String) as string,
      place: expect.any(String) as string,
    });
  });

  it.each([
    ['--time', 'soon'],
    ['--jobs', '0'],
    ['--timeouts', 'never'],
  ])('refuses %s %s', async (...given) => {
    expect((await command(file('cas-spinlock'), ...given)).code).toBe(2);
  });

  it('tells how far it is, and prints what was covered when it is interrupted', async () => {
    const given = ['src/cli/main.ts', 'explore', file('atomics-100'), '--preemptions', '5'];
    const child = spawn(process.execPath, [tsx, ...given], { cwd: root });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
      child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toMatch(
      /^[\d,]+ schedules in \d+ s, [\d,]+\/s; \d+ % of \d+ preemptions?; about [\d,.]+ (s|min|h) left\n/,
    );
    expect(stdout).toMatch(
      /^HELD atomics-100\n[\d,]+ schedules \([\d,]+\/s\), interrupted: .* all with \d+ preemptions?\n/,
    );
    expect(code).toBe(130);
  });

  it('joins the JSON reports of shards', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'threadheap-'));
    const [one, two, all] = ['one.json', 'two.json', 'all.json'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await Promise.all([
      command(file('futex-mutex'), '--shard', '1/2', '--json', one),
      command(file('futex-mutex'), '--shard', '2/2', '--json', two),
    ]);
    expect((await command('merge', one)).stderr).toContain('shards are missing: 2/2');
    expect((await command('merge', one, two, '--json', all)).code).toBe(0);
    expect(JSON.parse(readFileSync(all, 'utf8'))).toMatchObject({ outcome: 'held', schedules: 78, complete: true });
  });
});
