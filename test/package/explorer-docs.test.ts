/**
 * The examples of docs/explorer.md, in an empty project as `npm init -y` makes it, with the package installed from its
 * tarball: they print what the page says, whatever the file is called.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledPackage } from '../support/installed-package.ts';

const PATIENCE_MS = 120_000;
const PAGE = readFileSync(new URL('../../docs/explorer.md', import.meta.url), 'utf8');

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocks: Block[] = [...PAGE.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language = '', text = '']) => ({
  language,
  text,
}));

/** Modules that begin with their name, each with what the page says the command prints for it. */
const scenarios = blocks.flatMap(({ text }) => {
  const [, file] = /^\/\/ ([\w.]+\.scenario\.\w+)\n/.exec(text) ?? [];
  if (file === undefined) return [];
  const shown = blocks.find((block) => block.text.includes(`$ npx threadheap explore ${file}\n`))?.text ?? '';
  const lines = shown.slice(shown.indexOf(file)).split('\n').slice(1);
  return [{ file, text, lines: lines.filter((line) => line !== '' && line !== '…') }];
});

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await InstalledPackage.make();
  await installed.write('package.json', JSON.stringify({ name: 'project', version: '1.0.0', type: 'commonjs' }));
  await installed.lend('sharedmap');
  await installed.lend('vitest');
  if (!('typescript' in process.features)) await installed.lend('tsx');
}, PATIENCE_MS);
afterAll(() => installed.remove());

const explored = (file: string): Promise<{ code: number; stdout: string; stderr: string }> =>
  installed.outcome(join(installed.project, 'node_modules/.bin/threadheap'), 'explore', file);

describe('the page about the explorer', { timeout: PATIENCE_MS }, () => {
  it('has the two scenarios that are run here', () => {
    expect(scenarios.map(({ file }) => file)).toEqual(['counter.scenario.ts', 'map.scenario.mjs']);
    for (const { lines } of scenarios) expect(lines.length).toBeGreaterThan(1);
  });

  it.each(['.ts', '.mts', '.mjs'])('begins with an example that works as a %s file', async (ending) => {
    const [{ text, lines }] = scenarios;
    const file = `counter.scenario${ending}`;
    await installed.write(file, text);
    const { code, stdout, stderr } = await explored(file);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    for (const line of lines) expect(stdout).toContain(line.replace('counter.scenario.ts', file));
  });

  it('explores a package as it says', async () => {
    const { file, text, lines } = scenarios[1];
    await installed.write(file, text);
    const { code, stdout } = await explored(file);
    expect(code).toBe(1);
    for (const line of lines) expect(stdout).toContain(line);
  });

  it('has a test that fails with the report', async () => {
    await installed.write('counter.scenario.ts', scenarios[0].text);
    const { text } = blocks.find((block) => block.text.includes('toHoldOnEverySchedule'))!;
    const [imports, rest] = [text.match(/^import .*\n/gm)!.join(''), text.replaceAll(/^import .*\n/gm, '')];
    const module = `import { expect, test } from 'vitest';\n${imports}test('counts', async () => {\n${rest}});\n`;
    await installed.write('counter.test.mjs', module);
    const { code, stdout, stderr } = await installed.outcome(
      process.execPath,
      'node_modules/vitest/vitest.mjs',
      'run',
      '--root',
      installed.project,
    );
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('check threw Error: 2 increments gave 1 (counter.scenario.ts:14:28)');
  });
});

describe('a mistake in a scenario', { timeout: PATIENCE_MS }, () => {
  it.each([
    ['.mjs', 'threads: 2,,', /SyntaxError: .*\(mistake\.scenario\.mjs:3\)\n$/],
    ['.ts', 'threads: 2,,', /SyntaxError.*\(mistake\.scenario\.ts:3(:\d+)?\)\n$/],
    ['.mts', 'threads: 2,,', /SyntaxError.*\(mistake\.scenario\.m?ts:3(:\d+)?\)\n$/],
    ['.mjs', '...nothing,', /ReferenceError: nothing is not defined \(mistake\.scenario\.mjs:3:6\)\n$/],
  ])('is named with its line, in a %s file: %s', async (ending, mistake, message) => {
    const file = `mistake.scenario${ending}`;
    await installed.write(file, `// A mistake in ${file}.\nexport default {\n  ${mistake}\n  thread() {},\n};\n`);
    const { code, stdout, stderr } = await explored(file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
