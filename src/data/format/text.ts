/**
 * Text in shared memory, read back. Browsers refuse to decode shared bytes, so they get a private copy; Node decodes in
 * place.
 */

/** Up to so many bytes a loop is faster than a decoder. */
const LOOP_LIMIT = 24;
/** UTF-16 units that are turned into a string at a time. */
const CHUNK_UNITS = 4096;
const FIRST_SCRATCH_BYTES = 4096;

interface NodeBufferMethods {
  readonly utf8Slice?: (this: Uint8Array, start: number, end: number) => string;
}

/** Node's decoder, which works on shared memory; `undefined` elsewhere. */
const { utf8Slice }: NodeBufferMethods = (globalThis.process?.getBuiltinModule?.('node:buffer')?.Buffer.prototype ??
  {}) as NodeBufferMethods;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
let scratch = new Uint8Array(FIRST_SCRATCH_BYTES);

/** Groups of seven bits that the length of a text has at most. */
const LENGTH_GROUPS = 5;

/** Reads a text behind its length, as `TextSection` writes it. `bytes` may be shared. */
export function textAt(bytes: Uint8Array, start: number): string {
  let at = start;
  let length = bytes[at++];
  if (length > 0x7f) {
    length &= 0x7f;
    for (let group = 1, scale = 0x80; group < LENGTH_GROUPS; group++, scale *= 0x80) {
      const byte = bytes[at++];
      length += (byte & 0x7f) * scale;
      if (byte <= 0x7f) break;
    }
  }
  const end = at + Math.floor(length / 2);
  return length % 2 === 0 ? utf8At(bytes, at, end) : utf16At(bytes, at, end);
}

/** Decodes UTF-8 that lies in `bytes`, which may be shared. */
function utf8At(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= LOOP_LIMIT) {
    let text = '';
    let at = start;
    for (; at < end && bytes[at] < 0x80; at++) text += String.fromCharCode(bytes[at]);
    if (at === end) return text;
  }
  return utf8Slice === undefined ? decodeCopy(bytes, start, end) : utf8Slice.call(bytes, start, end);
}

function decodeCopy(bytes: Uint8Array, start: number, end: number): string {
  const byteLength = end - start;
  if (byteLength > scratch.length) scratch = new Uint8Array(2 * byteLength);
  scratch.set(bytes.subarray(start, end));
  return decoder.decode(scratch.subarray(0, byteLength));
}

/** Decodes UTF-16 with its low bytes first, at any alignment. */
function utf16At(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let from = start; from < end; from += 2 * CHUNK_UNITS) {
    const count = Math.min(CHUNK_UNITS, (end - from) / 2);
    const units = Uint16Array.from({ length: count }, (_, index) => {
      return bytes[from + 2 * index] | (bytes[from + 2 * index + 1] << 8);
    });
    text += String.fromCharCode(...units);
  }
  return text;
}
