/**
 * Reads a trace file: gzip text, one operation a line.
 *
 *   <thread> a <object> <bytes> [<alignment>]  ·  <thread> r <object> <bytes>  ·  <thread> f <object>
 *
 * The bytes are parsed as they come out of the decompressor, without making strings: 700,000 lines take a fraction
 * of a second. The grammar is strict; anything else is refused with file and line, as is damaged compression: its line
 * is the first that was not decompressed. What the lines mean together is the builder's to judge.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { TraceBuilder } from './trace-builder.ts';
import { MAX_ALIGNMENT_BITS, MAX_SIZE, TraceError, type Trace } from './trace.ts';

const NEWLINE = 10;
const SPACE = 32;
const DIGIT_0 = 48;
const LETTER_A = 97;
const LETTER_F = 102;
const LETTER_R = 114;

const MAX_FIELDS = 5;
const MAX_DIGITS = 15;
const MAX_LINE_BYTES = 256;
const CHUNK_BYTES = 64 * 1024;

/** @throws TraceError when the file cannot be read or is no sound trace */
export async function readTrace(file: string): Promise<Trace> {
  const parser = new TraceParser(file);
  try {
    await decompress(file, (chunk) => parser.push(chunk));
  } catch (error) {
    throw error instanceof TraceError ? error : readingError(file, parser.line, error as NodeJS.ErrnoException);
  }
  return parser.finish();
}

function decompress(file: string, onChunk: (chunk: Buffer) => void): Promise<void> {
  const input = createReadStream(file);
  const text = createGunzip({ chunkSize: CHUNK_BYTES });
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      input.destroy();
      text.destroy();
      reject(error);
    };
    input.on('error', fail);
    text.on('error', fail);
    text.on('end', resolve);
    text.on('data', (chunk: Buffer) => {
      try {
        onChunk(chunk);
      } catch (error) {
        fail(error);
      }
    });
    input.pipe(text);
  });
}

function readingError(file: string, line: number, error: NodeJS.ErrnoException): TraceError {
  if (error.code === 'ENOENT') return new TraceError(file, 0, 'no such file');
  if (error.code?.startsWith('Z_')) return new TraceError(file, line, `damaged gzip data: ${error.message}`);
  return new TraceError(file, 0, `cannot be read: ${error.message}`);
}

class TraceParser {
  readonly #builder: TraceBuilder;
  /** Where each field of the current line starts; one more entry says where a next one would. */
  readonly #starts = new Int32Array(MAX_FIELDS + 1);
  #fieldCount = 0;
  #rest: Buffer = Buffer.alloc(0);
  #bytes: Buffer = this.#rest;

  constructor(file: string) {
    this.#builder = new TraceBuilder(file);
  }

  get line(): number {
    return this.#builder.line;
  }

  push(chunk: Buffer): void {
    this.#bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = this.#bytes.indexOf(NEWLINE); end !== -1; end = this.#bytes.indexOf(NEWLINE, start)) {
      this.#parseLine(start, end);
      start = end + 1;
    }
    this.#rest = this.#bytes.subarray(start);
    if (this.#rest.length > MAX_LINE_BYTES) this.#parseLine(start, this.#bytes.length);
  }

  finish(): Trace {
    this.#bytes = this.#rest;
    if (this.#rest.length > 0) this.#parseLine(0, this.#rest.length);
    return this.#builder.finish();
  }

  #parseLine(start: number, end: number): void {
    this.#splitFields(start, end);
    const count = this.#fieldCount;
    const operation = count > 1 && this.#fieldLength(1) === 1 ? this.#bytes[this.#starts[1]] : 0;
    if (operation === LETTER_A && (count === 4 || count === 5)) {
      const bits = count === 5 ? this.#alignmentBits(4) : 0;
      this.#builder.allocate(this.#whole(0, 'thread number'), this.#whole(2, 'object number'), this.#size(3), bits);
    } else if (operation === LETTER_R && count === 4) {
      this.#builder.reallocate(this.#whole(0, 'thread number'), this.#whole(2, 'object number'), this.#size(3));
    } else if (operation === LETTER_F && count === 3) {
      this.#builder.free(this.#whole(0, 'thread number'), this.#whole(2, 'object number'));
    } else {
      this.#refuseLine(start, end, operation);
    }
  }

  #splitFields(start: number, end: number): void {
    let count = 0;
    this.#starts[0] = start;
    for (let at = start; at < end; at++) {
      if (this.#bytes[at] !== SPACE) continue;
      count++;
      if (count <= MAX_FIELDS) this.#starts[count] = at + 1;
    }
    this.#fieldCount = end === start ? 0 : count + 1;
    if (count < MAX_FIELDS) this.#starts[count + 1] = end + 1;
  }

  #fieldLength(field: number): number {
    return this.#starts[field + 1] - this.#starts[field] - 1;
  }

  /** The field as a whole number, or -1 when it is none or has more digits than are exact. */
  #decimal(field: number): number {
    const start = this.#starts[field];
    const length = this.#fieldLength(field);
    if (length === 0 || length > MAX_DIGITS) return -1;
    let value = 0;
    for (let at = start; at < start + length; at++) {
      const digit = this.#bytes[at] - DIGIT_0;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    return value;
  }

  #whole(field: number, meaning: string): number {
    const value = this.#decimal(field);
    return value >= 0 ? value : this.#builder.refuse(`${this.#shown(field)} is no ${meaning}`);
  }

  #size(field: number): number {
    const value = this.#decimal(field);
    if (value >= 0 && value <= MAX_SIZE) return value;
    return this.#builder.refuse(`${this.#shown(field)} is no size: a whole number of bytes from 0 to ${MAX_SIZE}`);
  }

  #alignmentBits(field: number): number {
    const value = this.#decimal(field);
    for (let bits = 0; bits <= MAX_ALIGNMENT_BITS; bits++) if (value === 2 ** bits) return bits;
    return this.#builder.refuse(
      `${this.#shown(field)} is no alignment: a power of two from 1 to ${2 ** MAX_ALIGNMENT_BITS}`,
    );
  }

  #refuseLine(start: number, end: number, operation: number): never {
    if (operation === LETTER_A) return this.#refuseFields(`allocate takes 4 or 5 fields`);
    if (operation === LETTER_R) return this.#refuseFields(`reallocate takes 4 fields`);
    if (operation === LETTER_F) return this.#refuseFields(`free takes 3 fields`);
    if (this.#fieldCount > 1) return this.#builder.refuse(`unknown operation ${this.#shown(1)}: neither a, r nor f`);
    return this.#builder.refuse(`no operation: ${quoted(this.#bytes, start, end)}`);
  }

  #refuseFields(rule: string): never {
    return this.#builder.refuse(`${rule}, found ${this.#fieldCount}`);
  }

  #shown(field: number): string {
    return quoted(this.#bytes, this.#starts[field], this.#starts[field + 1] - 1);
  }
}

/** Bytes of a line as a message shows them: one short line, whatever they are. */
function quoted(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('latin1', start, Math.min(end, start + 40));
  return JSON.stringify(end > start + 40 ? `${text}…` : text);
}
