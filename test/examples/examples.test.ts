/**
 * Every example runs as its reader would run it, copied into a project where the package is installed; prints what it is
 * there to show; and exits 0.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../build/bundle.ts';
import { InstalledPackage } from '../support/installed-package.ts';

const PATIENCE_MS = 120_000;
let installed: InstalledPackage;
beforeAll(async () => {
  installed = await InstalledPackage.make();
  await installed.lend('piscina');
  await installed.lend('sharedmap');
}, PATIENCE_MS);
afterAll(() => installed.remove());

/** Lines that an example must print, in any order; of a line with `…` only the ends are compared. */
const EXPECTED: Record<string, string[]> = {
  'hello-heap': [
    'worker read: Hello from the main thread!',
    'main read:   Hello back from the worker!',
    'live bytes:  0',
  ],
  'handing-over': [
    '24 blocks of 1048576 bytes were handed over',
    'checksums: 314572800 sent, 314572800 received',
    'live bytes at the end: 0',
  ],
  'meeting-at-the-root': ['roots: counter', 'counter: 4000'],
  'piscina-pool': ['sum of 1 to 1000000: 500000500000', 'live bytes: 0, threads attached: 1'],
  'choosing-a-fit': [
    'first-fit: …',
    'best-fit: …',
    'next-fit: …',
    'worst-fit: …',
    'exact-else-first: …',
    'attached without the fit: UNKNOWN_FIT; with it, the worker can allocate: true',
  ],
  growth: [
    'at first: 64 KiB of at most 1024 KiB',
    "after the worker's request of 100 KiB: 128 KiB",
    "the worker's block starts with 7 8 9, ours still with 1 2 3",
    'more than the limit: null',
    'live bytes: 0',
  ],
  'explore-your-own': [
    'FAILED broken-stack: check, with 1 preemption',
    'check threw Error: nodes held and on the stack: 1 2 2 3 …',
    '3 schedules …, stopped at the failure',
    'HELD mended-stack',
    '44 schedules …, complete up to 2 preemptions',
  ],
  'explore-a-package': [
    'FAILED sharedmap: deadlock, with 1 preemption',
    'every thread that has not ended sleeps, and nobody is left to wake it',
    'thread a: asleep in wait@shared.storage+160',
    'thread b: asleep in wait@shared.storage+160',
    '21 schedules …, stopped at the failure',
  ],
  'surviving-a-restart': [
    'Ada finds Ada',
    'Grace finds Grace, Ada',
    'Barbara finds Barbara, Grace, Ada',
    '1 blocks saved in less than 1 KiB',
    '2 blocks saved in less than 1 KiB',
    '3 blocks saved in less than 1 KiB',
  ],
  'crash-image': [
    'the worker has ended with exit code 1',
    'the journal says: working on coffee in the block at …',
    'what lies there:  order: coffee; sugar: NaN',
    'live blocks:      2, of which the journal is one',
  ],
  'linked-structure': [
    'visits of Ada: 1',
    'Grace is now Grace Hopper',
    'and has a friend: Barbara, born 1939',
    'bytes of structs that are left: 0',
  ],
  'strings-and-numbers': [
    'the worker took the roots in place: 1 2 3 4 5',
    'and answered: “Grüße aus dem geteilten Speicher 🧵” was read',
    'live bytes: 0',
  ],
};

function matches(line: string, expected: string): boolean {
  const [start, end] = expected.split('…');
  return end === undefined ? line === expected : line.startsWith(start) && line.endsWith(end);
}

describe('examples', { timeout: PATIENCE_MS }, () => {
  it('are all expected here', () => {
    expect(Object.keys(EXPECTED).toSorted()).toEqual(
      readdirSync(new URL('../../examples', import.meta.url), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'traces')
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it.each(Object.keys(EXPECTED))('%s prints what it shows, copied into a project', async (name) => {
    await cp(join(ROOT, 'examples', name), join(installed.project, name), { recursive: true });
    const { code, stdout, stderr } = await installed.outcome(process.execPath, `${name}/main.mjs`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    for (const expected of EXPECTED[name]) {
      expect(
        lines.filter((line) => matches(line, expected)),
        `${expected}\nin\n${stdout}`,
      ).toHaveLength(1);
    }
  });

  it('has what the page about structs begins with', async () => {
    const page = readFileSync(join(ROOT, 'docs/structs.md'), 'utf8');
    const [, example = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
    await installed.write('structs.mjs', example);
    const { code, stdout, stderr } = await installed.outcome(process.execPath, 'structs.mjs');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '1 first\n2 second\n', stderr: '' });
  });

  it('has what the shell finds with the explorer, as its example says', async () => {
    await cp(join(ROOT, 'examples/explore-your-own'), join(installed.project, 'shell'), { recursive: true });
    const command = join(installed.project, 'node_modules/.bin/threadheap');
    const broken = await installed.outcome(command, 'explore', 'shell/broken-stack.scenario.mjs');
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('FAILED broken-stack');
  });
});
