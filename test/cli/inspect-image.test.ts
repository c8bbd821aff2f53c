import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { BuiltCommand } from '../support/built-command.ts';
import { lowestFit } from '../support/heap-options.ts';
import { Thread } from '../support/threads.ts';

const MIB = 2 ** 20;
const PATIENCE_MS = 120_000;
const command = new BuiltCommand();
const inspect = (flags: string) => command.run(`inspect ${flags}`);

let folder: string;
let before: string;
let after: string;
let crashed: string;

/** A heap saved, then with 100 more blocks of 48 bytes, one large and 10 fewer of 512, then with a death inside the lock. */
beforeAll(async () => {
  await command.build();
  folder = mkdtempSync(join(tmpdir(), 'threadheap-image-'));
  [before, after, crashed] = ['before', 'after', 'crashed'].map((name) => join(folder, `${name}.image`));
  using heap = new MemoryManager(MIB, { slabs: true });
  const blocks = Array.from({ length: 40 }, () => heap.allocate(512)!);
  heap.root = blocks[0];
  heap.save(before);
  for (let count = 0; count < 100; count++) heap.allocate(40);
  heap.allocate(100_000);
  for (const address of blocks.slice(0, 10)) heap.deallocate(address);
  heap.save(after, { compress: true });
  const thread = new Thread(heap, 'dieTaking');
  expect(await thread.told()).toBe('half-way');
  await thread.terminate();
  heap.save(crashed);
}, PATIENCE_MS);

afterAll(() => {
  command.remove();
  rmSync(folder, { recursive: true });
});

describe('threadheap inspect FILE', () => {
  it('shows an image as it was found, then repaired: map, statistics, live blocks by size and owner', async () => {
    const { code, stdout, stderr } = await inspect(before);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${before}: 1.00 MiB, first-fit, with slabs; 40 live blocks, 20.0 KiB\n\nas found\n`);
    expect(stdout).toContain('\nlock             free\npending change   none\nthreads\n');
    expect(stdout).toMatch(/\nrepaired\n\n +0 B [a-dA-D·-]{64}\n/u);
    expect(stdout).toMatch(/\n +live +20\.0 KiB +[\d.]+ %: what the program holds\n/u);
    expect(stdout).toMatch(/^512 B slot +40 +20\.0 KiB +100\.0 %$/mu);
    expect(stdout).toMatch(/^\d+ slabs of .*, alive +40 /mu);
  });

  it('tells who died in the lock, and in the middle of what', async () => {
    const { code, stdout } = await inspect(crashed);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nlock +held by worker \d+, which died inside\n/u);
    expect(stdout).toMatch(
      /\npending change +a block of 3 units at unit \d+; it had taken effect, and a repair completes it\n/u,
    );
    expect(stdout).toMatch(/\n {2}worker \d+: dead\n/u);
  });

  it('tells the same as JSON', async () => {
    const { code, stdout } = await inspect(`${crashed} --json`);
    const shown = JSON.parse(stdout) as {
      found: { lockOwner: number; threads: { owner: number; isAlive: boolean }[] };
    };
    expect(code).toBe(0);
    expect(shown).toMatchObject({
      file: crashed,
      heap: { unitBytes: 1024, unitCount: 1024, fitName: 'first-fit' },
      found: { change: { kind: 'blocks', pendingWord: 3, isCommitted: true } },
      live: { blocks: 132, sizes: expect.arrayContaining([{ size: 48, kind: 'slot', blocks: 100, bytes: 4800 }]) },
    });
    const holder = shown.found.threads.find(({ owner }) => owner === shown.found.lockOwner);
    expect(holder).toMatchObject({ isAlive: false });
  });

  it('compares two images: what grew, what shrank, and how many blocks are where they were', async () => {
    const { code, stdout } = await inspect(`${before} ${after}`);
    expect(code).toBe(0);
    expect(stdout).toContain('\nlive: +97.7 KiB in +91 blocks\n');
    expect(stdout).toContain('\n101 blocks are new, 10 are gone, 30 are where they were\n');
    const lines = stdout.split('\n').filter((line) => /^\d.* [+−]\d/u.test(line));
    expect(lines.map((line) => line.replaceAll(/ +/gu, ' '))).toEqual([
      '98.0 KiB block +1 +98.0 KiB',
      '48 B slot +100 +4.69 KiB',
      '512 B slot −10 −5.00 KiB',
    ]);
    const { stdout: json } = await inspect(`${before} ${after} --json`);
    expect(JSON.parse(json)).toMatchObject({
      before: { blocks: 40 },
      after: { blocks: 131 },
      growth: { isSameHeap: true, blocks: 91, appeared: 101, vanished: 10, kept: 30 },
    });
  });

  it('needs no strategy of the user’s to look at a heap that has one', async () => {
    using heap = new MemoryManager(4096, { fit: lowestFit, slabs: false });
    heap.allocate(100);
    const file = join(folder, 'lowest.image');
    heap.save(file);
    const { code, stdout } = await inspect(file);
    expect(code).toBe(0);
    expect(stdout).toContain(`${file}: 4.00 KiB, lowest, without slabs; 1 live block, 112 B\n`);
    expect(stdout).toMatch(/^no slab: larger blocks +1 +112 B /mu);
  });

  it('refuses what is missing, damaged or no image with one line', async () => {
    const damaged = join(folder, 'damaged');
    writeFileSync(damaged, 'THIM?');
    for (const file of [join(folder, 'none'), damaged, 'package.json', folder]) {
      const { code, stdout, stderr } = await inspect(file);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^threadheap: [^\n]+\n$/u);
    }
    expect((await inspect(`${before} ${after} ${crashed}`)).stderr).toContain('two be compared, not 3');
  });
});
