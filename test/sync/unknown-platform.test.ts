import { execFile } from 'node:child_process';
import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import type { AliveReport } from '../support/asks-who-is-alive.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;
const PROGRAM = fileURLToPath(new URL('../support/asks-who-is-alive.ts', import.meta.url));
const NODE = process.execPath;

/** The platform as other programs of this machine see it may not be changed, only that of one started for it. */
const IN_OWN_MOUNTS = ['-m', '--propagation', 'private', 'sh', '-c'];

let folder = '';
let program = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'threadheap-platform-'));
  chmodSync(folder, 0o755);
  program = join(folder, 'program.mjs');
  await build({
    entryPoints: [PROGRAM],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function reportOf(file: string, words: string[]): Promise<AliveReport> {
  const { stdout } = await run(file, words);
  return JSON.parse(stdout) as AliveReport;
}

/** Skips a test, saying why, where `words` cannot be run. */
async function needs(context: TestContext, file: string, words: string[], what: string): Promise<void> {
  await run(file, words).catch((error: Error) =>
    context.skip(`${what}: ${error.message.split('\n')[1] ?? error.message}`),
  );
}

/** The living are not taken for dead, and an exit that is watched is known all the same. */
const UNHARMED = { deadBefore: 0, threadsBefore: 2, threadsAfter: 1 };

describe.runIf(process.platform === 'linux')('a thread that lives is taken for alive', { timeout: TIMEOUT_MS }, () => {
  test('without a file descriptor left', async () => {
    const limited = `ulimit -n 64; exec "$0" "$1" descriptors`;
    expect(await reportOf('sh', ['-c', limited, NODE, program])).toEqual({ obstacle: 'EMFILE', ...UNHARMED });
  });

  test('under the permission model of Node', async () => {
    const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
    const flags = [flag, `--allow-fs-read=${folder}/*`, '--allow-worker', '--no-warnings'];
    expect(await reportOf(NODE, [...flags, program, 'always'])).toEqual(UNHARMED);
  });

  test('where /proc is not mounted', async (context) => {
    const hide = 'mount -t tmpfs none /proc';
    await needs(context, 'unshare', [...IN_OWN_MOUNTS, hide], 'a mount namespace');
    expect(await reportOf('unshare', [...IN_OWN_MOUNTS, `${hide}; exec "$0" "$1" always`, NODE, program])).toEqual(
      UNHARMED,
    );
  });

  test('where /proc vanishes after all have attached', async (context) => {
    await needs(context, 'unshare', [...IN_OWN_MOUNTS, 'mount -t tmpfs none /proc'], 'a mount namespace');
    const words = [...IN_OWN_MOUNTS, 'exec "$0" "$1" mount', NODE, program];
    // Whoever attached by its entry in /proc is known by that only, so a death is not known any more.
    expect(await reportOf('unshare', words)).toEqual({ ...UNHARMED, threadsAfter: 2 });
  });

  test('where /proc hides the processes of others', async (context) => {
    const hide = 'mount -t proc -o hidepid=2 proc /proc';
    const asNobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
    await needs(
      context,
      'unshare',
      [...IN_OWN_MOUNTS, `${hide}; ! ${asNobody} ls /proc/1/stat`],
      'hidepid has no effect',
    );
    const words = [...IN_OWN_MOUNTS, `${hide}; exec ${asNobody} "$0" "$1" always`, NODE, program];
    expect(await reportOf('unshare', words)).toEqual(UNHARMED);
  });
});
