import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrace } from '../../../src/stress/traces/trace-reader.ts';
import { Operation, TraceError, TraceWord, type Trace } from '../../../src/stress/traces/trace.ts';

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'traces-'));
  file = join(folder, 'x.trace.gz');
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): Promise<Trace> {
  writeFileSync(file, gzipSync(text));
  return readTrace(file);
}

function operationsOf({ records }: Trace): number[][] {
  return Array.from({ length: records.length / TraceWord.WORDS }, (_, i) =>
    Array.from(records.subarray(i * TraceWord.WORDS, (i + 1) * TraceWord.WORDS)),
  );
}

describe('a sound trace', () => {
  it('keeps every operation, with threads and objects numbered in order of appearance', async () => {
    const trace = await read('7 a 30 100\n5 a 10 64 32\n7 r 10 200\n5 f 30\n');
    const { ALLOCATE, REALLOCATE, FREE } = Operation;
    expect(operationsOf(trace)).toEqual([
      [0, ALLOCATE, 0, 100, 0, 0],
      [1, ALLOCATE, 1, 64, 0, 5],
      [0, REALLOCATE, 1, 200, 64, 0],
      [1, FREE, 0, 0, 100, 0],
    ]);
    expect(trace).toMatchObject({ threadCount: 2, objectCount: 2, operationCount: 4 });
  });

  it('knows the peak of live bytes and where it is reached', async () => {
    const trace = await read('0 a 1 100\n0 a 2 50\n0 r 2 80\n0 f 1\n0 a 3 99\n');
    expect(trace).toMatchObject({ peakLiveBytes: 180, peakOperation: 2 });
  });

  it('needs no newline at its end', async () => {
    expect((await read('0 a 1 8\n0 f 1')).operationCount).toBe(2);
  });

  it('may ask for nothing at all and for the largest size', async () => {
    const trace = await read('0 a 1 0\n0 a 2 4294967295\n');
    expect(trace.peakLiveBytes).toBe(4294967295);
    expect(trace.records[TraceWord.WORDS + TraceWord.SIZE] >>> 0).toBe(4294967295);
  });

  it.each([
    ['sqlite', 1, 112_089, 51_781],
    ['pythreads', 7, 700_000, 357_630],
  ])('%s holds what its description says', async (name, threadCount, operationCount, objectCount) => {
    const trace = await readTrace(`examples/traces/${name}.trace.gz`);
    expect(trace).toMatchObject({ threadCount, operationCount, objectCount });
  });
});

describe('a damaged trace is refused with its line:', () => {
  const size = 'a whole number of bytes from 0 to 4294967295';
  const alignment = 'a power of two from 1 to 65536';
  it.each([
    ['an unknown operation', '0 a 1 8\n0 x 1\n', '2: unknown operation "x": neither a, r nor f'],
    ['an operation of two letters', '0 af 1 8\n', '1: unknown operation "af": neither a, r nor f'],
    ['an empty line', '0 a 1 8\n\n0 f 1\n', '2: no operation: ""'],
    ['a line of one field', 'hello\n', '1: no operation: "hello"'],
    ['a line ended for another system', '0 a 1 8\r\n', String.raw`1: "8\r" is no size: ${size}`],
    ['a field too few', '0 a 1\n', '1: allocate takes 4 or 5 fields, found 3'],
    ['a field too many', '0 a 1 8\n0 f 1 8\n', '2: free takes 3 fields, found 4'],
    ['an alignment for a reallocate', '0 a 1 8\n0 r 1 8 16\n', '2: reallocate takes 4 fields, found 5'],
    ['a thread that is no number', 'main a 1 8\n', '1: "main" is no thread number'],
    ['an object that is no number', '0 a -1 8\n', '1: "-1" is no object number'],
    ['a negative size', '0 a 1 -8\n', `1: "-8" is no size: ${size}`],
    ['a fractional size', '0 a 1 1.5\n', `1: "1.5" is no size: ${size}`],
    ['a missing size', '0 a 1 \n', `1: "" is no size: ${size}`],
    ['a size beyond all memory', '0 a 1 4294967296\n', `1: "4294967296" is no size: ${size}`],
    ['a size with too many digits', '0 a 1 1111111111111111\n', `1: "1111111111111111" is no size: ${size}`],
    ['a word for a size', '0 a 1 8\n0 r 1 big\n', `2: "big" is no size: ${size}`],
    ['an alignment that is no power of two', '0 a 1 8 24\n', `1: "24" is no alignment: ${alignment}`],
    ['an alignment of 0', '0 a 1 8 0\n', `1: "0" is no alignment: ${alignment}`],
    ['an alignment too large', '0 a 1 8 131072\n', `1: "131072" is no alignment: ${alignment}`],
    ['an object allocated twice', '0 a 1 8\n0 a 1 8\n', '2: object 1 is allocated a second time (first on line 1)'],
    [
      'an object number used again after its free',
      '0 a 1 8\n0 f 1\n0 a 1 8\n',
      '3: object 1 is allocated a second time (first on line 1)',
    ],
    ['a free of an unknown object', '0 a 1 8\n0 f 2\n', '2: object 2 is freed but was never allocated'],
    ['a second free', '0 a 1 8\n0 f 1\n1 f 1\n', '3: object 1 is freed after it was freed on line 2'],
    ['a reallocate of an unknown object', '0 r 9 8\n', '1: object 9 is reallocated but was never allocated'],
    [
      'a reallocate after the free',
      '0 a 1 8\n0 f 1\n0 r 1 9\n',
      '3: object 1 is reallocated after it was freed on line 2',
    ],
  ])('%s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(`${file}:${message}`);
    await expect(read(text)).rejects.toBeInstanceOf(TraceError);
  });

  it('a line without end', async () => {
    await expect(read(`0 a 1 8\n0 a ${'1'.repeat(1_000_000)}`)).rejects.toThrow(
      /:2: allocate takes 4 or 5 fields, found 3$/,
    );
  });

  it('no operation at all', async () => {
    await expect(read('')).rejects.toThrow(`${file}: holds no operation`);
  });
});

describe('a damaged file is refused:', () => {
  const sound = gzipSync(Array.from({ length: 50_000 }, (_, i) => `0 a ${i} ${i % 999}\n`).join(''));

  it('text that is not compressed', async () => {
    writeFileSync(file, '0 a 1 8\n');
    await expect(readTrace(file)).rejects.toThrow(`${file}:1: damaged gzip data: incorrect header check`);
  });

  it('compressed data that ends early', async () => {
    writeFileSync(file, sound.subarray(0, sound.length >> 1));
    await expect(readTrace(file)).rejects.toThrow(/x\.trace\.gz:\d+: damaged gzip data: unexpected end of file$/);
  });

  it('compressed data with a wrong checksum', async () => {
    const wrong = Buffer.from(sound);
    wrong[wrong.length - 8] ^= 1;
    writeFileSync(file, wrong);
    await expect(readTrace(file)).rejects.toThrow(/x\.trace\.gz:\d+: damaged gzip data: incorrect data check$/);
  });

  it('a file that is not there', async () => {
    await expect(readTrace(join(folder, 'none'))).rejects.toThrow(`${join(folder, 'none')}: no such file`);
  });

  it('a folder', async () => {
    await expect(readTrace(folder)).rejects.toThrow(`${folder}: cannot be read: EISDIR`);
  });
});

it('cuts no line where the decompressor ends a chunk', async () => {
  const name = 'examples/traces/sqlite.trace.gz';
  const trace = await readTrace(name);
  const lines = gunzipSync(readFileSync(name)).toString().trimEnd().split('\n');
  expect(trace.operationCount).toBe(lines.length);
});
