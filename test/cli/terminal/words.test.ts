import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAtWords, factsWithin, wrapped } from '../../../src/cli/terminal/words.ts';

const words = fc.array(fc.stringMatching(/^[a-z,]{1,12}$/), { minLength: 1, maxLength: 20 });
const width = fc.integer({ min: 20, max: 90 });

describe('a line that is cut at words', () => {
  it('stays whole where it fits', () => {
    expect(cutAtWords('round 3, 1.2 s', 14)).toBe('round 3, 1.2 s');
  });

  it('ends after a word, with an ellipsis', () => {
    expect(cutAtWords('round 3, 1.2 s', 13)).toBe('round 3, 1.2…');
    expect(cutAtWords('round 3, 1.2 s', 10)).toBe('round 3…');
  });

  it('is never longer than asked, and never breaks a word', () => {
    fc.assert(
      fc.property(words, width, (given, most) => {
        const text = given.join(' ');
        const line = cutAtWords(text, most);
        expect(line.length).toBeLessThanOrEqual(most);
        const kept = line.endsWith('…') ? line.slice(0, -1) : line;
        const next = text.slice(kept.length).replace(/^[,;:]+/, '');
        expect(text.startsWith(kept) && (next === '' || next.startsWith(' '))).toBe(true);
      }),
    );
  });
});

describe('a line of facts', () => {
  it('has as many as fit, and one at least', () => {
    expect(factsWithin(['12 k/s', '0 violations', 'round 1'], 20)).toBe('12 k/s, 0 violations');
    expect(factsWithin(['12 k/s', '0 violations', 'round 1'], 19)).toBe('12 k/s');
    expect(factsWithin(['a fact that is too long', 'round 1'], 10)).toBe('a fact that is too long');
  });
});

describe('a wrapped sentence', () => {
  it('breaks between words, and keeps its indent', () => {
    expect(wrapped('  one two three', 10, 2)).toBe('  one two\n    three');
  });

  it('keeps all words in lines that fit', () => {
    fc.assert(
      fc.property(words, width, (given, most) => {
        const lines = wrapped(given.join(' '), most, 2).split('\n');
        expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(given);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(most);
      }),
    );
  });
});
