/**
 * Runs the program that lies in a file, so that many programs can be explored by the same workers. `begin` puts its text
 * into the buffer, where the threads find it.
 */
import { readFileSync } from 'node:fs';
import { defineScenario } from '../../../src/explore/index.ts';
import { WORDS, type Program } from './program.ts';
import { digestOf, HASH_WORD, mixed, runThread } from './thread-code.ts';

const { searchParams } = new URL(import.meta.url);
const threads = Number(searchParams.get('threads'));
const file = searchParams.get('file') ?? '';
const TEXT_AT = 64;
const BYTES = 8192;

let text = '';
let program: Program = { seed: 0, threads: [] };

/** The program in the buffer, parsed once. */
function programIn(buffer: SharedArrayBuffer): Program {
  const bytes = new Uint8Array(buffer, TEXT_AT);
  const found = Buffer.from(bytes.slice(0, bytes.indexOf(0))).toString();
  if (found !== text) [text, program] = [found, JSON.parse(found) as Program];
  return program;
}

export default defineScenario({
  name: 'fuzz',
  threads,
  bytes: BYTES,
  begin(buffer) {
    const bytes = readFileSync(file);
    new Uint8Array(buffer, TEXT_AT).fill(0).set(bytes);
  },
  thread: (index, buffer) => runThread(programIn(buffer), index, new Int32Array(buffer, 0, TEXT_AT / 4)),
  onDeath(index, buffer) {
    const words = new Int32Array(buffer, 0, WORDS + threads);
    words[HASH_WORD + index] = mixed(words[HASH_WORD + index] ?? 0, digestOf([...words.subarray(0, WORDS)]));
  },
  check: (buffer) => {
    const words = new Int32Array(buffer, 0, WORDS + threads);
    return `${programIn(buffer).seed}: ${words.subarray(0, WORDS).join(' ')} | ${words.subarray(HASH_WORD).join(' ')}`;
  },
});
