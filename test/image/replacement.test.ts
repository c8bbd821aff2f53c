/**
 * Saving over an image: the file holds the old one or the new one, as a whole, whatever happens at any call to the file
 * system. A process is killed at each of them, before and after, and in the middle of each write.
 */
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { FileSource, type FileSystem } from '../../src/image/medium/files.ts';
import { saveToFile } from '../../src/image/save.ts';
import { layoutOfHeap } from '../../src/memory-manager/heap-buffer.ts';
import { openMember } from '../../src/memory-manager/members.ts';
import { contentsOf, mixedHeap } from '../support/image-heap.ts';
import { watchedFiles } from '../support/watched-files.ts';

const SAVING = fileURLToPath(new URL('../support/saving-process.ts', import.meta.url));
const PATIENCE_MS = 300_000;
const OLD = { liveBytes: 2 ** 17, slabs: false };
/** What the process in test/support/saving-process saves. */
const NEW = { liveBytes: 2 ** 20, slabs: true };

let folder: string;
let program: string;
let oldImage: string;
let file: string;
let oldContents: string;
let newContents: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'threadheap-image-'));
  program = join(folder, 'saving-process.mjs');
  oldImage = join(folder, 'old.image');
  await build({ entryPoints: [SAVING], outfile: program, bundle: true, platform: 'node', format: 'esm' });
  using before = mixedHeap(OLD.liveBytes, { slabs: OLD.slabs });
  using after = mixedHeap(NEW.liveBytes, { slabs: NEW.slabs });
  oldContents = contentsOf(before);
  newContents = contentsOf(after);
  before.save(oldImage);
}, PATIENCE_MS);

beforeEach(() => {
  file = join(mkdtempSync(join(folder, 'save-')), 'heap.image');
  copyFileSync(oldImage, file);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The contents of the image in the file, whose bookkeeping is verified besides. */
function loadedContents(): string {
  using heap = MemoryManager.load(file);
  heap.check();
  return contentsOf(heap);
}

const filesBeside = () => readdirSync(join(file, '..'));

/** Runs the process; resolves with what it printed, or the signal that ended it. */
async function save(call: number, moment: string): Promise<string> {
  return promisify(execFile)(process.execPath, [program, file, String(call), moment]).then(
    ({ stdout }) => stdout,
    ({ signal }: { signal: string }) => signal,
  );
}

test(
  'the file holds the old image until the process renames, and the new one from then on',
  async () => {
    const calls = JSON.parse(await save(0, '')) as (keyof FileSystem)[];
    expect(loadedContents()).toBe(newContents);
    expect(filesBeside()).toEqual(['heap.image']);
    const renames = calls.indexOf('renameSync');
    expect(calls.slice(0, renames).filter((name) => name === 'writeSync').length).toBeGreaterThanOrEqual(3);
    expect(calls.slice(renames - 2)).toEqual([
      'fsyncSync',
      'closeSync',
      'renameSync',
      'openSync',
      'fsyncSync',
      'closeSync',
    ]);
    for (let call = 1; call <= calls.length; call++) {
      const moments = calls[call - 1] === 'writeSync' ? ['before', 'half', 'after'] : ['before', 'after'];
      for (const moment of moments) {
        copyFileSync(oldImage, file);
        expect(await save(call, moment)).toBe('SIGKILL');
        const isNew = call - 1 > renames || (call - 1 === renames && moment === 'after');
        expect(loadedContents() === (isNew ? newContents : oldContents), `${moment} call ${call}`).toBe(true);
      }
    }
  },
  PATIENCE_MS,
);

/** Saves a heap over the file by a file system that throws at one call. Returns the names of the calls. */
function saveFailing(call: number): readonly string[] {
  using heap = mixedHeap(NEW.liveBytes, { slabs: NEW.slabs });
  const member = openMember(layoutOfHeap(heap.buffer), { fits: [], liveness: undefined });
  const files = watchedFiles((number, name) => {
    if (number === call) throw Object.assign(new Error(`no space left on device, ${name}`), { code: 'ENOSPC' });
  });
  try {
    if (call === 0) saveToFile(member, file, { compress: false }, files.fs);
    else expect(() => saveToFile(member, file, { compress: false }, files.fs)).toThrow(/^no space left/u);
    return files.calls;
  } finally {
    member.leave();
  }
}

describe('a file system that refuses', () => {
  test('leaves the old image and nothing else, at any call before the new one is in its place', () => {
    const calls = saveFailing(0);
    const renames = calls.indexOf('renameSync');
    for (let call = 1; call <= calls.length; call++) {
      copyFileSync(oldImage, file);
      saveFailing(call);
      expect(loadedContents() === (call - 1 > renames ? newContents : oldContents), `call ${call}`).toBe(true);
      expect(filesBeside()).toEqual(['heap.image']);
    }
  });

  test('to flush a folder, since it cannot, is as good as one that has', () => {
    let flushed = 0;
    using heap = mixedHeap(2 ** 16);
    const member = openMember(layoutOfHeap(heap.buffer), { fits: [], liveness: undefined });
    const files = watchedFiles((_number, name) => {
      if (name === 'fsyncSync' && ++flushed === 2) throw Object.assign(new Error('invalid'), { code: 'EINVAL' });
    });
    saveToFile(member, file, { compress: false }, files.fs);
    member.leave();
    expect(flushed).toBe(2);
    expect(loadedContents()).toBe(contentsOf(heap));
  });

  test('to give all at once is asked again', () => {
    const files = watchedFiles((_number, name, args) =>
      name === 'readSync' ? [...args.slice(0, 3), Math.min(1000, args[3] as number), args[4]] : undefined,
    );
    using source = new FileSource(files.fs, file);
    const bytes = new Uint8Array(source.byteLength);
    expect(source.read(bytes, bytes.length, 0)).toBe(bytes.length);
    expect(Buffer.compare(bytes, readFileSync(file))).toBe(0);
    expect(source.read(bytes, 10, bytes.length - 3)).toBe(3);
  });

  test('to take all at once is asked again', () => {
    using heap = mixedHeap(2 ** 16);
    const member = openMember(layoutOfHeap(heap.buffer), { fits: [], liveness: undefined });
    const files = watchedFiles((_number, name, args) =>
      name === 'writeSync' ? [args[0], args[1], args[2], Math.min(1000, args[3] as number)] : undefined,
    );
    saveToFile(member, file, { compress: false }, files.fs);
    member.leave();
    expect(files.calls.length).toBeGreaterThan(60);
    expect(loadedContents()).toBe(contentsOf(heap));
  });
});

test('a file can be named by a URL, and only its owner can read it', () => {
  using heap = mixedHeap(2 ** 16);
  const url = pathToFileURL(`${file} ü`);
  const { byteLength } = heap.save(url);
  expect(statSync(url)).toMatchObject({ size: byteLength });
  if (process.platform !== 'win32') expect(statSync(url).mode & 0o777).toBe(0o600);
  using loaded = MemoryManager.load(url);
  expect(contentsOf(loaded)).toBe(contentsOf(heap));
});

test('what the report says is in the image', () => {
  using heap = mixedHeap(2 ** 16);
  const { blocks, liveBytes, byteLength } = heap.save(file);
  expect({ blocks, liveBytes }).toEqual({ blocks: [...heap.blocks()].length, liveBytes: heap.stats().liveBytes });
  expect(byteLength).toBe(statSync(file).size);
  expect(heap.image().length).toBe(byteLength);
});
