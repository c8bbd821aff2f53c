import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltCommand } from '../support/built-command.ts';

const command = new BuiltCommand();
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'threadheap-report-'));
  await command.build();
});
afterAll(() => {
  command.remove();
  rmSync(folder, { recursive: true });
});

function read(file: string) {
  const { document } = parseHTML(readFileSync(file, 'utf8'));
  return (selector: string) => [...document.querySelectorAll(selector)].map(({ textContent }) => textContent?.trim());
}

describe('--report', () => {
  it('writes what a stress run found as a page, and prints its path', async () => {
    const file = join(folder, 'stress.html');
    const flags = '--workload larson xmalloc-test --threads 2 --seconds 1 --seed 3 --quiet';
    const { code, stdout } = await command.run(`stress ${flags} --report ${file}`);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`Look at it: ${file}`);
    const texts = read(file);
    expect(texts('h1')[0]).toContain('The heap held');
    expect(texts('figure h3')).toHaveLength(5);
    expect(texts('pre')[0]).toMatch(/^npx threadheap stress --workload larson xmalloc-test --threads 2 --seed 3/);
  });

  it('writes a comparison as a page, and leaves stdout to JSON', async () => {
    const file = join(folder, 'compare.html');
    const flags = '--workload xmalloc-test --threads 2 --fit first-fit best-fit --quiet --json';
    const { code, stdout, stderr } = await command.run(`compare ${flags} --report ${file}`);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { rows: unknown[] }).rows).toHaveLength(4);
    expect(stderr).toContain(`Look at it: ${file}\n`);
    expect(read(file)('section > .scroll tbody tr')).toHaveLength(4);
  });

  it('says that the heap did not hold', async () => {
    const file = join(folder, 'broken.html');
    const { code } = await command.run(`stress --break lock --no-slabs --workload larson --quiet --report ${file}`);
    expect(code).toBe(1);
    const texts = read(file);
    expect(texts('h1')[0]).toContain('The heap did not hold');
    expect(texts('.violations li').length).toBeGreaterThan(0);
  });

  it.each(['stress', 'compare'])('is found impossible before %s begins', async (name) => {
    const { code, stdout, stderr } = await command.run(`${name} --workload larson --report /none/report.html`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^threadheap: cannot write \/none\/report\.html: ENOENT[^\n]*\n$/);
    expect(existsSync('/none')).toBe(false);
  });
});
