import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explore, preemptions } from '../../../src/explore/index.ts';
// oxlint-disable-next-line import/no-unassigned-import -- importing it registers the matcher
import '../../../src/explore/vitest.ts';
import { ShadowMap } from '../../../src/stress/oracles/shadow-map.ts';

const newMap = (): ShadowMap => new ShadowMap(ShadowMap.reserve(1024));

describe('a shadow map', () => {
  it('lets blocks lie side by side', () => {
    const map = newMap();
    expect([map.claim(1, 16, 17), map.claim(2, 48, 16), map.claim(3, 64, 0)]).toEqual([0, 0, 0]);
  });

  it.each([
    ['from the left', 16, 33],
    ['from the right', 79, 16],
    ['inside', 64, 1],
    ['around', 16, 200],
    ['exactly', 48, 48],
    ['as an empty block', 64, 0],
  ])('names the owner of a block that is overlapped %s', (_, address, size) => {
    const map = newMap();
    map.claim(7, 48, 48);
    expect(map.claim(8, address - (address % 16), size)).toBe(7);
  });

  it('claims nothing of a block that overlaps another', () => {
    const map = newMap();
    map.claim(7, 48, 16);
    map.claim(8, 16, 64);
    expect(map.claim(9, 16, 32)).toBe(0);
    expect(map.claim(10, 64, 16)).toBe(0);
  });

  it('forgets a block that was released', () => {
    const map = newMap();
    map.claim(7, 48, 48);
    map.release(48);
    expect(map.claim(8, 32, 200)).toBe(0);
  });

  it('sees exactly the overlaps that a list of all live blocks shows', () => {
    const block = fc.record({ first: fc.integer({ min: 1, max: 200 }), size: fc.integer({ min: 0, max: 3000 }) });
    fc.assert(
      fc.property(fc.array(fc.oneof(block, fc.nat(30)), { maxLength: 80 }), (steps) => {
        const map = new ShadowMap(ShadowMap.reserve(8192));
        const live: { name: number; start: number; end: number }[] = [];
        for (const [index, step] of steps.entries()) {
          if (typeof step === 'number') {
            for (const { start } of live.splice(step, 1)) map.release(start);
            continue;
          }
          const start = step.first * 16;
          const end = start + Math.max(1, Math.ceil(step.size / 16)) * 16;
          const others = live.filter((other) => other.start < end && start < other.end).map(({ name }) => name);
          const other = map.claim(index + 1, start, step.size);
          if (others.length === 0) live.push({ name: index + 1, start, end });
          expect(others.length === 0 ? [0] : others).toContain(other);
        }
      }),
    );
  });

  it.each(['overlapping-claims', 'passed-memory'])(
    'is right in every order in which two threads claim and release: %s',
    async (name) => {
      const result = await explore(new URL(`./scenarios/${name}.scenario.ts`, import.meta.url), {
        strategy: preemptions(3),
      });
      expect(result).toHoldOnEverySchedule();
      expect(result.complete).toBe(true);
    },
  );
});
