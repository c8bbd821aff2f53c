/**
 * Text in shared memory, read back. Native decoders get private copies alone: browsers refuse shared bytes, and Node's
 * measures what it then decodes, so that bytes which another thread changes in between end the process.
 */

/** UTF-16 units that are turned into a string at a time. */
const CHUNK_UNITS = 4096;
/** Longer texts are copied to bytes of their own. */
const SCRATCH_BYTES = 4096;
/** Up to so many bytes a loop copies faster than the engine. */
const COPY_LOOP_LIMIT = 48;

interface NodeBufferMethods {
  readonly utf8Slice?: (this: Uint8Array, start: number, end: number) => string;
}

/** Node's decoder; `undefined` elsewhere. */
const { utf8Slice }: NodeBufferMethods = (globalThis.process?.getBuiltinModule?.('node:buffer')?.Buffer.prototype ??
  {}) as NodeBufferMethods;
/** Up to so many bytes a loop is faster than the decoder: the one that browsers have is slow to begin. */
const LOOP_LIMIT = utf8Slice === undefined ? 24 : 16;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const scratch = new Uint8Array(SCRATCH_BYTES);

/** Groups of seven bits that the length of a text has at most. */
const LENGTH_GROUPS = 5;

/**
 * Reads a text behind its length, as `TextSection` writes it. `bytes` may be shared. `undefined` if it would end beyond
 * them, as what is read while it is overwritten may seem to.
 */
export function textAt(bytes: Uint8Array, start: number): string | undefined {
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
  if (!(end <= bytes.length)) return undefined; // no number where the length itself lies beyond
  return length % 2 === 0 ? utf8At(bytes, at, end) : utf16At(bytes, at, end);
}

/** Decodes UTF-8 that lies in `bytes`, which may be shared. */
function utf8At(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= LOOP_LIMIT) {
    const text = asciiAt(bytes, start, end);
    if (text !== undefined) return text;
  }
  const copy = privateCopy(bytes, start, end);
  const byteLength = end - start;
  return utf8Slice === undefined ? decoder.decode(copy.subarray(0, byteLength)) : utf8Slice.call(copy, 0, byteLength);
}

/** Private bytes that begin with those from `start` to `end`, until the next call. */
function privateCopy(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const byteLength = end - start;
  if (byteLength <= COPY_LOOP_LIMIT) {
    for (let index = 0; index < byteLength; index++) scratch[index] = bytes[start + index];
    return scratch;
  }
  const copy = byteLength <= SCRATCH_BYTES ? scratch : new Uint8Array(byteLength);
  copy.set(bytes.subarray(start, end));
  return copy;
}

/**
 * Decodes bytes below 128 alone; `undefined` if there are others. Eight at a time, and the rest at once: each call of
 * `fromCharCode` and each concatenation takes longer than to read a byte.
 */
function asciiAt(bytes: Uint8Array, start: number, end: number): string | undefined {
  let bits = 0;
  for (let at = start; at < end; at++) bits |= bytes[at];
  if (bits >= 0x80) return undefined;
  let text = '';
  let i = start;
  for (; i + 8 <= end; i += 8) text += octetAt(bytes, i);
  return i === end ? text : text + restAt(bytes, i, end - i);
}

function octetAt(b: Uint8Array, i: number): string {
  return String.fromCharCode(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7]);
}

function restAt(b: Uint8Array, i: number, count: number): string {
  switch (count) {
    case 1:
      return String.fromCharCode(b[i]);
    case 2:
      return String.fromCharCode(b[i], b[i + 1]);
    case 3:
      return String.fromCharCode(b[i], b[i + 1], b[i + 2]);
    case 4:
      return String.fromCharCode(b[i], b[i + 1], b[i + 2], b[i + 3]);
    case 5:
      return String.fromCharCode(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4]);
    case 6:
      return String.fromCharCode(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5]);
    default:
      return String.fromCharCode(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6]);
  }
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
