/**
 * What foreign hands may do to a heap: edit its header, or write anything into any region of its bookkeeping.
 */
import { Layout } from '../../../src/layout/layout.ts';
import { Guarded, Header, Lock, Root, type Region } from '../../../src/layout/regions.ts';
import type { WordIndex } from '../../../src/layout/units.ts';
import type { Random } from './random.ts';

/** What was done, in words for a failure's report. */
export interface Damage {
  readonly kind: 'header' | 'forged header' | 'words';
  readonly what: string;
}

const INTERESTING = [0, 1, -1, 2, -2, 16, 31, 32, 63, 64, 1023, 1024, 2 ** 30, -(2 ** 30), 2 ** 31 - 1, -(2 ** 31)];

/** A word that differs from what stands there: near it, a flipped bit, a limit, or anything. */
function otherWord(word: number, random: Random): number {
  const candidates = [
    word + 1,
    word - 1,
    -word,
    word * 2,
    word ^ (1 << random.below(32)),
    word | (2 ** 30),
    random.pick(INTERESTING),
    random.below(256),
    random.word(),
  ];
  const other = random.pick(candidates) | 0;
  return other === word ? word ^ 1 : other;
}

function edit(words: Int32Array, index: number, random: Random): string {
  const before = words[index];
  words[index] = otherWord(before, random);
  return `word ${index}: ${before} → ${words[index]}`;
}

/** One to three words of the header become others. */
export function editHeader(buffer: SharedArrayBuffer, random: Random): Damage {
  const words = new Int32Array(buffer, 0, Header.END);
  const indices = new Set(Array.from({ length: 1 + random.below(3) }, () => random.below(Header.END)));
  return { kind: 'header', what: [...indices].map((index) => edit(words, index, random)).join(', ') };
}

const NUMBERS = [Header.UNIT_BYTES, Header.UNIT_LIMIT, Header.MAX_THREADS, Header.LOCK_TIMEOUT_MS, Header.FIT_NAME];

/** One or two numbers of the header become others, by somebody who knows the checksum. */
export function forgeHeader(buffer: SharedArrayBuffer, random: Random): Damage {
  const words = new Int32Array(buffer, 0, Header.END);
  const indices = new Set(Array.from({ length: 1 + random.below(2) }, () => random.pick(NUMBERS)));
  const what = [...indices].map((index) => edit(words, index, random)).join(', ');
  return { kind: 'forged header', what };
}

/** Regions of words besides the header, those at fixed places included. */
function regionsOf(layout: Layout): Region[] {
  const { base: _, ...placed } = layout.regions;
  const fixed = [
    { name: 'root', start: Root.VALUE as WordIndex, wordCount: 2 },
    { name: 'lock', start: Lock.OWNER as WordIndex, wordCount: Lock.END - Lock.OWNER },
    { name: 'guarded', start: Guarded.DIRTY as WordIndex, wordCount: Guarded.END - Guarded.DIRTY },
  ];
  return [...fixed, ...Object.values(placed)].filter(({ wordCount }) => wordCount > 0);
}

/** Up to 16 words of one to three regions become others; often such that a repair or an adoption is due. */
export function damageWords(buffer: SharedArrayBuffer, random: Random): Damage {
  const layout = new Layout(buffer);
  const regions = regionsOf(layout);
  const edits: string[] = [];
  for (let count = 1 + random.below(3); count > 0; count--) {
    const { name, start, wordCount } = random.pick(regions);
    const near = random.below(2) === 0 ? Math.min(wordCount, 64) : wordCount;
    for (let words = 1 + random.below(5); words > 0; words--) {
      edits.push(`${name} ${edit(layout.words, start + random.below(near), random)}`);
    }
  }
  if (random.below(3) === 0) layout.words[Guarded.DIRTY] = 1 + random.below(3);
  if (random.below(3) === 0) layout.words[Guarded.ORPHANS] = 1;
  return { kind: 'words', what: edits.join(', ') };
}
