/** Text that is decoded while others write over it. */
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';

const REWRITING = fileURLToPath(new URL('../support/rewrites-text.ts', import.meta.url));
const MILLISECONDS = 3000;

interface NativeDecoders {
  utf8Slice: (this: Uint8Array, start: number, end: number) => string;
}
const node = Buffer.prototype as unknown as NativeDecoders;
const { utf8Slice } = node;

afterEach(() => {
  node.utf8Slice = utf8Slice;
  vi.resetModules();
});

it.each([17, 48, 49, 4096, 4097, 100_000])(
  'reaches native code in private memory alone, at %i bytes',
  async (length) => {
    const seen: unknown[] = [];
    node.utf8Slice = function decode(this: Uint8Array, start, end) {
      seen.push(this.buffer);
      return utf8Slice.call(this, start, end);
    };
    vi.resetModules();
    const { open, share, string, struct } = await import('../../src/data/index.ts');
    const { MemoryManager } = await import('../../src/index.ts');
    const heap = new MemoryManager(2 ** 20);
    const text = 'é'.repeat(length / 2) + 'z'.repeat(length % 2);
    expect(open(heap, share(heap, text))).toBe(text);
    const holder = struct('Holder', { text: string }).allocate(heap, { text });
    expect(holder.text).toBe(text);
    expect(seen.map((buffer) => buffer instanceof ArrayBuffer)).toEqual([true, true]);
  },
);

it.each(['struct', 'value'])('of a %s does not end the process that reads it', { timeout: 60_000 }, async (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'threadheap-data-'));
  try {
    const program = join(folder, 'rewrites-text.mjs');
    await build({ entryPoints: [REWRITING], outfile: program, bundle: true, platform: 'node', format: 'esm' });
    const { stdout } = await promisify(execFile)(process.execPath, [program, kind, String(MILLISECONDS)]);
    expect(Number(stdout)).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
