import { describe, expect, it } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { fragmentationTable, heapMap, heapTable } from '../../src/inspect/index.ts';

const ESCAPE = String.fromCodePoint(27);
const withoutColours = (text: string) => text.split(new RegExp(`${ESCAPE}\\[\\d+m`, 'u')).join('');

/** 64 KiB: 4 KiB of blocks of 64 bytes, 2 KiB of them freed; one of 8 KiB; one of 32 KiB; the rest free. */
function exampleHeap(): MemoryManager {
  const heap = new MemoryManager(64 * 1024, { slabs: false });
  const small = Array.from({ length: 64 }, () => heap.allocate(64)!);
  heap.allocate(8 * 1024);
  heap.allocate(32 * 1024);
  for (const address of small.slice(32)) heap.deallocate(address);
  return heap;
}

describe('the map of a heap', () => {
  it('shows each band of sizes by a letter, and free memory by points', () => {
    using heap = exampleHeap();
    const lines = heapMap(heap, { width: 42, rows: 2 }).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '      0 B AA··CCCCCCCCDDDDDDDDDDDDDDDDDDDD',
      ' 32.0 KiB DDDDDDDDDDDD····················',
      '',
    ]);
    expect(lines.join('\n')).toContain('1 character = 1.00 KiB');
  });

  it('begins each line with its offset', () => {
    using heap = exampleHeap();
    const lines = heapMap(heap, { width: 26, rows: 4 }).split('\n');
    expect(lines.slice(0, 4).map((line) => line.slice(0, 10))).toEqual([
      '      0 B ',
      ' 16.0 KiB ',
      ' 32.0 KiB ',
      ' 48.0 KiB ',
    ]);
  });

  it('shows with colours how full a cell is, and resets the colour at each end of a line', () => {
    using heap = exampleHeap();
    const map = heapMap(heap, { width: 26, rows: 1, colour: true });
    const [first] = map.split('\n');
    expect(withoutColours(first)).toBe('      0 B ▓██████████·····');
    expect(first.endsWith(`${ESCAPE}[0m`)).toBe(true);
  });

  it.each([1, 26, 80, 133])('keeps to a width of %i, or to the least one', (width) => {
    using heap = exampleHeap();
    for (const colour of [false, true]) {
      const lines = withoutColours(heapMap(heap, { width, colour })).split('\n');
      const longest = Math.max(...lines.map((line) => line.trimEnd().length));
      expect(longest).toBeLessThanOrEqual(Math.max(width, 44));
    }
  });

  it('has no escape sequence without colours', () => {
    using heap = exampleHeap();
    expect(heapMap(heap)).not.toContain(ESCAPE);
  });
});

describe('the tables of a heap', () => {
  it('say what is live and what free, with shares', () => {
    using heap = exampleHeap();
    expect(heapTable(heap)).toMatch(/^under management +64\.0 KiB .*\n +live +42\.0 KiB +65\.6 %: /u);
    expect(heapTable(heap)).toMatch(/external fragmentation +9\.1 %/u);
  });

  it('say which requests the free memory could serve, sizes that the same runs serve in one line', () => {
    using heap = exampleHeap();
    expect(fragmentationTable(heap).split('\n')).toEqual([
      'a request of      could be served from',
      `  up to 2.00 KiB  ${'█'.repeat(32)}  100.0 % in 2 free runs`,
      `  up to 16.0 KiB  ${'█'.repeat(29)}▏     90.9 % in 1 free run`,
      `32.0 KiB or more  ${' '.repeat(32)}    0.0 % in 0 free runs`,
    ]);
  });
});
