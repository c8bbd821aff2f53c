/**
 * The published types, as users' compilers read them: the oldest TypeScript that is promised and the newest, both in
 * strict mode and with the declarations checked as well.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledPackage } from '../support/installed-package.ts';
import { PROGRAM } from './program.ts';

const PATIENCE_MS = 120_000;
const require = createRequire(import.meta.url);
const COMPILERS = [
  ['5.7', require.resolve('typescript/package.json')],
  ['7', createRequire(new URL('../../', import.meta.url)).resolve('typescript/package.json')],
].map(([version, manifest]) => [version, join(manifest, '../bin/tsc')]);

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await InstalledPackage.make();
  await installed.lend('@types/node');
  await installed.lend('undici-types');
  await installed.write('program.ts', PROGRAM);
}, PATIENCE_MS);
afterAll(() => installed.remove());

const OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
};

describe.each(COMPILERS)('TypeScript %s', { timeout: PATIENCE_MS }, (version, compiler) => {
  it('is what is tried', async () => {
    expect(await installed.node(compiler, '--version')).toMatch(new RegExp(`^Version ${version}\\.`));
  });

  it.each([
    ['in Node', { module: 'nodenext', target: 'es2022', lib: ['es2022'], types: ['node'] }],
    [
      'for a bundler and the web',
      {
        module: 'esnext',
        moduleResolution: 'bundler',
        target: 'es2022',
        types: [],
        lib: ['es2022', 'esnext.disposable', 'dom'],
      },
    ],
  ])('compiles a strict program %s', async (_, options) => {
    await installed.write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { ...OPTIONS, ...options }, files: ['program.ts'] }),
    );
    const { stdout } = await installed.outcome(process.execPath, compiler, '-p', 'tsconfig.json');
    expect(stdout).toBe('');
  });

  it('compiles the first example of the README', async () => {
    const [, example = ''] = /```ts\n(.*?)```/s.exec(readFileSync(join(installed.files, 'README.md'), 'utf8')) ?? [];
    await installed.write('readme.ts', example);
    const compilerOptions = { ...OPTIONS, module: 'nodenext', target: 'es2022', types: ['node'] };
    await installed.write('tsconfig.readme.json', JSON.stringify({ compilerOptions, files: ['readme.ts'] }));
    const { stdout } = await installed.outcome(process.execPath, compiler, '-p', 'tsconfig.readme.json');
    expect(stdout).toBe('');
  });

  it('finds mistakes in a program', async () => {
    const compilerOptions = { ...OPTIONS, module: 'nodenext', target: 'es2022', types: ['node'] };
    await installed.write('tsconfig.mistakes.json', JSON.stringify({ compilerOptions, files: ['mistakes.ts'] }));
    await installed.write(
      'mistakes.ts',
      `import { MemoryManager } from 'threadheap';
const heap = new MemoryManager(1024);
const address: number = heap.allocate(8);
const wrong: Float64Array = heap.view(Int32Array, 16, 1);
new MemoryManager({} as never, { unknown: 1 });
import { internals } from 'threadheap';
`,
    );
    const { stdout } = await installed.outcome(process.execPath, compiler, '-p', 'tsconfig.mistakes.json');
    const lines = [...stdout.matchAll(/^mistakes\.ts\((\d+),/gm)].map(([, line]) => Number(line));
    expect([...new Set(lines)]).toEqual([3, 4, 5, 6]);
  });
});

const read = (name: string) => readFileSync(join(installed.files, 'dist/types', name), 'utf8');

describe('the declarations', () => {
  it('say nothing of what is internal', () => {
    const names = readdirSync(join(installed.files, 'dist/types'), { recursive: true, encoding: 'utf8' });
    const declarations = names.filter((name) => name.endsWith('.d.ts'));
    expect(declarations).toContain('index.d.ts');
    expect(declarations.filter((name) => read(name).includes('@internal'))).toEqual([]);
  });

  it('show one constructor of a heap: the one that users call', () => {
    const constructors = read('memory-manager/memory-manager.d.ts').match(/^ +(?:private )?constructor\(.*$/gm);
    expect(constructors).toEqual(['    constructor(blockSize: number, options?: MemoryManagerOptions);']);
  });
});
