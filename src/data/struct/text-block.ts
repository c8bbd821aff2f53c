/**
 * Texts and bytes in blocks of their own, which nobody changes once they are written.
 *
 *   text    ├─ TEXT | start ─┼─ … ─┼─ length (LEB128) ─┼─ UTF-8 or UTF-16 ─┤     as `TextSection` writes it, `start` bytes in
 *   bytes   ├─ BYTES ─┼─ length ─┼─ bytes ─┤                                   8 bytes in
 *
 * A text of up to eleven ASCII characters takes the smallest block, of 16 bytes.
 */
import { TextSection } from '../encode/text-section.ts';
import { textAt } from '../format/text.ts';
import { BYTES_PER_WORD, type StructMemory } from './struct-memory.ts';

/** "THT" and "THB" in ASCII. */
const TEXT = 0x54_48_54_00;
const BYTES = 0x54_48_42_00;
const START_MASK = 0xff;
const BYTES_START = 8;
/** Up to so many bytes a loop over words is faster than a copy by the engine. */
const LOOP_LIMIT = 64;
/** A section that had to hold more is not kept. */
const KEPT_BYTES = 2 ** 20;

let section = new TextSection();
let sectionWords = new Uint32Array(section.bytes.buffer);

/**
 * Writes a text into a block and returns its address. `lead` bytes stay free before it, of which the first word tells what
 * the block is.
 */
export function writeText(
  memory: StructMemory,
  text: string,
  lead: number = BYTES_PER_WORD,
  kind: number = TEXT,
): number {
  section.end = lead;
  const start = section.put(text);
  const { bytes, end } = section;
  const address = memory.take(end);
  if (end <= LOOP_LIMIT) copyWords(memory, address / BYTES_PER_WORD, lead / BYTES_PER_WORD, end);
  else memory.bytesAt(address + start, end - start).set(bytes.subarray(start, end));
  memory.u32[address / BYTES_PER_WORD] = kind | start;
  if (bytes.length > KEPT_BYTES) section = new TextSection();
  return address;
}

/** Copies words of the section from `from` on to the block at a word index. What follows the text is 0. */
function copyWords({ u32 }: StructMemory, block: number, from: number, end: number): void {
  const { bytes } = section;
  bytes[end] = bytes[end + 1] = bytes[end + 2] = 0;
  if (sectionWords.buffer !== bytes.buffer) {
    sectionWords = new Uint32Array(bytes.buffer, 0, Math.floor(bytes.length / BYTES_PER_WORD));
  }
  for (let index = from; index * BYTES_PER_WORD < end; index++) u32[block + index] = sectionWords[index];
}

/** The text in a block; `undefined` if none lies there. */
export function readText(memory: StructMemory, address: number, kind: number = TEXT): string | undefined {
  const word = address / BYTES_PER_WORD;
  if (word >= memory.u32.length && !memory.hasWord(word)) return undefined;
  const tag = memory.u32[word];
  if ((tag & ~START_MASK) !== kind) return undefined;
  const start = tag & START_MASK;
  const text = textIn(memory, address, start);
  return text === undefined && memory.renew() ? textIn(memory, address, start) : text;
}

/** A text as far as this thread sees the memory. */
function textIn(memory: StructMemory, address: number, start: number): string | undefined {
  const { u8, byteLength } = memory;
  if (u8.length === byteLength) return textAt(u8, address + start);
  return textAt(memory.bytesAt(address, Math.min(u8.length, byteLength - address)), start);
}

/** Writes bytes into a block and returns its address. */
export function writeBytes(memory: StructMemory, data: Uint8Array): number {
  const { length } = data;
  const address = memory.take(BYTES_START + length);
  const word = address / BYTES_PER_WORD;
  memory.bytesAt(address + BYTES_START, length).set(data.length === length ? data : data.subarray(0, length));
  memory.u32[word] = BYTES;
  memory.u32[word + 1] = length;
  return address;
}

/** A private copy of the bytes in a block; `undefined` if none lie there. */
export function readBytes(memory: StructMemory, address: number): Uint8Array<ArrayBuffer> | undefined {
  const word = address / BYTES_PER_WORD;
  if (!memory.hasWord(word) || memory.u32[word] !== BYTES) return undefined;
  const length = memory.u32[word + 1];
  const end = address + BYTES_START + length;
  if (end > memory.byteLength && !(memory.renew() && end <= memory.byteLength)) return undefined;
  const copy = new Uint8Array(length);
  copy.set(memory.bytesAt(address + BYTES_START, length));
  return copy;
}
