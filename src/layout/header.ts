/**
 * Recognizing a heap by its header. Every number there is checked against its range, against the others and against
 * the buffer, since each address that a thread computes follows from them; a checksum tells a header that is not as it
 * was written. What attaches to a buffer looks at it first, and touches nothing else of it before.
 */
import { BYTES_PER_WORD } from './units.ts';
import {
  FIT_NAME_BYTES,
  FORMAT_VERSION,
  Guarded,
  Header,
  MAGIC,
  Option,
  placeRegions,
  QUARANTINE_LIMIT,
  SLAB_UNIT_BYTES,
  SLOT_STEP_BYTES,
  THREAD_LIMIT,
  UNIT_LIMIT,
  type LayoutParameters,
} from './regions.ts';

/** Bytes of a buffer that must exist before its header can be read. */
export const HEADER_BYTES: number = Header.END * BYTES_PER_WORD;

const MAX_LOCK_TIMEOUT_MS = 2 ** 31 - 1;
const MULTIPLIER = 0x85eb_ca6b;

/** Writes the checksum, once all other words are as they shall stay. */
export function sealHeader(words: Int32Array): void {
  words[Header.CHECKSUM] = checksumOf(words);
}

/** Each step maps words to words one to one, so a header that differs in one word has another checksum for certain. */
function checksumOf(words: Int32Array): number {
  let sum = 0;
  for (let word = 0; word < Header.END; word++) {
    if (word === Header.CHECKSUM) continue;
    sum = Math.imul(sum ^ words[word], MULTIPLIER);
    sum ^= sum >>> 15;
  }
  return sum;
}

/** Why no heap of this format lies in `buffer`; `undefined` if one does. */
export function headerComplaint(buffer: SharedArrayBuffer): string | undefined {
  if (buffer.byteLength < HEADER_BYTES) return `a buffer of ${buffer.byteLength} bytes is too small for a heap`;
  const header = new Int32Array(buffer, 0, Header.END);
  if (header[Header.MAGIC] !== MAGIC) return 'the buffer does not begin like a heap';
  if (header[Header.VERSION] !== FORMAT_VERSION) {
    return `the heap has format version ${header[Header.VERSION]}, this library reads ${FORMAT_VERSION}`;
  }
  return numberComplaint(header) ?? checksumComplaint(header) ?? sizeComplaint(buffer, header);
}

function numberComplaint(header: Int32Array): string | undefined {
  const unitBytes = header[Header.UNIT_BYTES];
  if (unitBytes !== SLOT_STEP_BYTES && unitBytes !== SLAB_UNIT_BYTES) {
    return `the header says units of ${unitBytes} bytes, and there are those of ${SLOT_STEP_BYTES} and ${SLAB_UNIT_BYTES}`;
  }
  return (
    rangeComplaint(header, Header.UNIT_LIMIT, 'units', 1, UNIT_LIMIT) ??
    rangeComplaint(header, Header.MAX_THREADS, 'threads', 1, THREAD_LIMIT) ??
    rangeComplaint(header, Header.LOCK_TIMEOUT_MS, 'milliseconds of patience', 0, MAX_LOCK_TIMEOUT_MS) ??
    rangeComplaint(header, Header.FIT_NAME, 'bytes of a fit’s name', 1, FIT_NAME_BYTES) ??
    rangeComplaint(header, Header.OPTIONS, 'as option bits', 0, Option.ALL) ??
    rangeComplaint(header, Header.QUARANTINE, 'blocks in quarantine', 0, QUARANTINE_LIMIT) ??
    rangeComplaint(header, Header.KIND, 'as kind of memory', 0, 0)
  );
}

function rangeComplaint(
  header: Int32Array,
  word: number,
  what: string,
  least: number,
  most: number,
): string | undefined {
  const value = header[word];
  if (value >= least && value <= most) return undefined;
  const range = least === most ? `${least}` : `${least} to ${most}`;
  return `the header says ${value} ${what}, and this library knows ${range}`;
}

function checksumComplaint(header: Int32Array): string | undefined {
  if (header[Header.CHECKSUM] === checksumOf(header)) return undefined;
  return 'the header is not as it was written: its checksum differs';
}

/** What the header says that fixes the layout. */
function layoutParametersIn(header: Int32Array): Required<LayoutParameters> {
  return {
    unitBytes: header[Header.UNIT_BYTES],
    unitLimit: header[Header.UNIT_LIMIT],
    maxThreads: header[Header.MAX_THREADS],
    options: header[Header.OPTIONS],
  };
}

/** Growth lengthens the buffer before it counts the units, so the units lie inside the buffer at every instant. */
function sizeComplaint(buffer: SharedArrayBuffer, header: Int32Array): string | undefined {
  const [unitBytes, unitLimit] = [header[Header.UNIT_BYTES], header[Header.UNIT_LIMIT]];
  const { base } = placeRegions(layoutParametersIn(header));
  const most = base + unitLimit * unitBytes;
  const reserved = buffer.growable ? buffer.maxByteLength : buffer.byteLength;
  if (base > buffer.byteLength) {
    return `the bookkeeping ends at byte ${base}, beyond the ${buffer.byteLength} bytes of the buffer`;
  }
  if (most > reserved) return `the heap may grow to byte ${most}, and the buffer only to ${reserved}`;
  const unitCount = Atomics.load(new Int32Array(buffer, 0, Guarded.END), Guarded.UNIT_COUNT);
  if (unitCount < 1 || unitCount > unitLimit) {
    return `the heap says ${unitCount} units under management, of 1 to ${unitLimit}`;
  }
  const end = base + unitCount * unitBytes;
  if (end <= buffer.byteLength) return undefined;
  return `the memory ends at byte ${end}, beyond the ${buffer.byteLength} bytes of the buffer`;
}
