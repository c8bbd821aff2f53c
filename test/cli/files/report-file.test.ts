import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportTo } from '../../../src/cli/files/report-file.ts';

describe('a report’s file', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'threadheap-report-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is written with the page of the result', async () => {
    const file = join(folder, 'page.html');
    const write = await reportTo(file, () => Promise.resolve((result: number) => `<p>${result}`));
    expect(write?.(7)).toBe(file);
    expect(readFileSync(file, 'utf8')).toBe('<p>7');
  });

  it('is not thought of when none is wanted', async () => {
    expect(await reportTo(undefined, failWith('loaded'))).toBeUndefined();
  });

  it('needs what it is drawn with, and says so in one line where that is not installed', async () => {
    const load = failWith(`Cannot find package 'linkedom' imported from page.js`);
    await expect(reportTo(join(folder, 'none.html'), load)).rejects.toThrow(
      'reports are drawn with @observablehq/plot and linkedom, and linkedom is not installed here: ' +
        'npm install @observablehq/plot linkedom',
    );
    expect(existsSync(join(folder, 'none.html'))).toBe(false);
  });

  it('lets other errors of its modules pass', async () => {
    await expect(reportTo(join(folder, 'none.html'), failWith('x is not defined'))).rejects.toThrow('x is not defined');
  });
});

function failWith(message: string) {
  return () => Promise.reject(new Error(message));
}
