import { describe, expect, it } from 'vitest';
import { IntervalHistory } from '../../../src/stress/oracles/interval-history.ts';

const PAGE = 4096;
const newHistory = (): IntervalHistory => new IntervalHistory(IntervalHistory.reserve(), 5);

/** An address that is sampled. */
function sampledAddress(): number {
  for (let address = PAGE; ; address += PAGE) if (newHistory().begin(1, address, 16) !== 0) return address;
}

describe('a history', () => {
  it('has nothing against blocks side by side, nor against one after the other in the same place', () => {
    const history = newHistory();
    const address = sampledAddress();
    for (let round = 0; round < 100; round++) {
      const intervals = [0, 1, 2].map((i) => history.begin(3 * round + i, address + 32 * i, 32));
      for (const interval of intervals) history.end(interval);
    }
    expect(history.intervalCount).toBe(300);
    expect(history.overlaps()).toEqual([]);
  });

  it('sees two blocks that were live over the same bytes at the same time, also when both have ended', () => {
    const history = newHistory();
    const address = sampledAddress();
    const first = history.begin(7, address, 64);
    const second = history.begin(8, address + 48, 64);
    history.end(first);
    history.end(second);
    expect(history.overlaps()).toEqual([{ identity: 8, other: 7, address: address + 48, size: 16 }]);
  });

  it('takes blocks that never ended for live', () => {
    const history = newHistory();
    const address = sampledAddress();
    history.begin(7, address, 64);
    history.end(history.begin(8, address + 2000, 16));
    history.begin(9, address + 63 - 15, 16);
    expect(history.overlaps()).toMatchObject([{ identity: 9, other: 7 }]);
  });

  it('notes a share of the pages, the same for all who share the seed', () => {
    const [one, other] = [newHistory(), newHistory()];
    const noted = Array.from({ length: 4000 }, (_, page) => one.begin(1, page * PAGE, 16) !== 0);
    expect(noted).toEqual(Array.from({ length: 4000 }, (_, page) => other.begin(1, page * PAGE, 16) !== 0));
    const share = noted.filter(Boolean).length / noted.length;
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.12);
  });

  it('forgets everything when it is cleared, and stops noting when it is full', () => {
    const history = newHistory();
    const address = sampledAddress();
    for (let i = 0; i < 20_000; i++) history.end(history.begin(i, address, 16));
    expect(history.intervalCount).toBe(16_384);
    expect(history.begin(1, address, 16)).toBe(0);
    expect(history.overlaps()).toEqual([]);
    history.clear();
    expect(history.intervalCount).toBe(0);
  });
});
