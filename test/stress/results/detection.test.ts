import { expect, it } from 'vitest';
import { detectionPower } from '../../../src/stress/results/detection.ts';

it('says in plain words what a run would have seen', () => {
  expect(detectionPower('operations', 3_400_000)?.text).toBe(
    '3.4 million operations: a fault of 1 in 1 million would have been seen with 96 %',
  );
  expect(detectionPower('deaths', 1000)).toMatchObject({ trials: 1000, oneIn: 100 });
  expect(detectionPower('deaths', 1000)?.text).toContain('more than 99.9 %');
});

it('says nothing about a run that is too short to say anything', () => {
  expect(detectionPower('deaths', 0)).toBeUndefined();
  expect(detectionPower('deaths', 10)).toBeUndefined();
});

it('never promises more than is so', () => {
  for (let trials = 25; trials < 1e9; trials = Math.ceil(trials * 1.7)) {
    const { oneIn, probability } = detectionPower('operations', trials)!;
    expect(probability).toBeGreaterThanOrEqual(0.9);
    expect(probability).toBeCloseTo(1 - (1 - 1 / oneIn) ** trials, 6);
    expect(1 - (1 - 1 / (oneIn * 10)) ** trials).toBeLessThan(0.9);
  }
});
