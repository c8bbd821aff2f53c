/** The workloads make exactly the requests that their description promises, whatever library answers them. */
import { describe, expect, it } from 'vitest';
import type { Allocator } from '../../bench/contenders/contender.ts';
import { LARGE, requestsOf, WORKLOAD_NAMES, WORKLOADS } from '../../bench/workloads.ts';

/** Notes every request; blocks are numbered in the order of their allocation. */
function recorder() {
  const requests: string[] = [];
  const live = new Set<number>();
  let allocated = 0;
  const allocator: Allocator<number> = {
    allocate(size) {
      requests.push(`+${size}`);
      live.add(++allocated);
      return allocated;
    },
    deallocate(block) {
      if (!live.delete(block)) throw new Error(`block ${block} is not live`);
      requests.push(`-${block}`);
    },
  };
  return { allocator, requests, live };
}

describe('requestsOf', () => {
  it('draws sizes, then slots, from xorshift32 with the seed of the thread', () => {
    const { sizes, slots } = requestsOf(0);
    // The first three numbers of the generator, from an implementation in another language.
    const numbers = [3_336_926_330, 1_697_253_807, 2_816_511_904];
    expect([...sizes.subarray(0, 3)]).toEqual(numbers.map((number) => 16 + (number % 497)));
    expect(Math.min(...sizes)).toBe(16);
    expect(Math.max(...sizes)).toBe(512);
    expect(Math.max(...slots)).toBe(4095);
    expect(requestsOf(1).sizes).not.toEqual(sizes);
  });

  it('draws the same numbers in the large form, only more of them', () => {
    const { sizes, slots } = requestsOf(0, LARGE);
    expect([...sizes.subarray(0, 8192)]).toEqual([...requestsOf(0).sizes]);
    expect([sizes.length, slots.length]).toEqual([2_097_152, 2_097_152]);
    const highest = slots.reduce((most, slot) => Math.max(most, slot), 0);
    expect(highest).toBeLessThan(1_048_576);
    expect(highest).toBeGreaterThan(1_048_500);
  });
});

describe.each(WORKLOAD_NAMES)('%s', (name) => {
  it('allocates as often as it was told and frees only what is live', () => {
    const { allocator, requests } = recorder();
    WORKLOADS[name](allocator, requestsOf(0))(20_000);
    expect(requests.filter((request) => request.startsWith('+'))).toHaveLength(20_000);
  });

  it('makes the same requests in two rounds as in one of both lengths together', () => {
    const [once, twice] = [recorder(), recorder()];
    WORKLOADS[name](once.allocator, requestsOf(0))(11_000);
    const round = WORKLOADS[name](twice.allocator, requestsOf(0));
    round(5000);
    round(6000);
    expect(twice.requests).toEqual(once.requests);
  });
});

describe('live blocks', () => {
  it.each([
    ['pair64', 0],
    ['burst', 0],
    ['fifo', 4096],
  ] as const)('are %s: %i after a round', (name, expected) => {
    const { allocator, live } = recorder();
    WORKLOADS[name](allocator, requestsOf(0))(16_000);
    expect(live.size).toBe(expected);
  });

  it('of churn fill every slot that its stream names', () => {
    const { allocator, live } = recorder();
    const requests = requestsOf(0);
    WORKLOADS.churn(allocator, requests)(8192);
    expect(live.size).toBe(new Set(requests.slots).size);
  });
});
