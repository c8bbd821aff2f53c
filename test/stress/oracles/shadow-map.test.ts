import { describe, expect, it } from 'vitest';
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
    map.release(48, 48);
    expect(map.claim(8, 32, 200)).toBe(0);
  });
});
