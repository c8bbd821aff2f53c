import { describe, expect, it } from 'vitest';
import { Control, StopReason } from '../../../src/stress/control/control.ts';

describe('a round', () => {
  it('is stuck when the last stream that could move blocks', () => {
    const control = Control.create(2);
    control.finish(1);
    expect(control.blockUntil(0, () => undefined)).toBeUndefined();
    expect(control.stopReason).toBe(StopReason.STUCK);
  });

  it('is not stuck while another stream is running', () => {
    const control = Control.create(2);
    let attempts = 0;
    expect(control.blockUntil(0, () => (++attempts === 5 ? 'there' : undefined))).toBe('there');
    expect(control.stopReason).toBe(StopReason.NONE);
  });

  it('is not stuck when the other stream has finished since the last attempt', () => {
    const control = Control.create(2);
    let memory = false;
    const attempt = (): true | undefined => {
      if (memory) return true;
      memory = true;
      control.finish(1);
      return undefined;
    };
    expect(control.blockUntil(0, attempt)).toBe(true);
  });

  it('ends for a blocked stream when somebody stops it, for the first reason given', () => {
    const control = Control.create(2);
    control.stop(StopReason.INTERRUPTED);
    control.stop(StopReason.FAILED);
    expect(control.blockUntil(0, () => undefined)).toBeUndefined();
    expect(control.stopReason).toBe(StopReason.INTERRUPTED);
  });

  it('ends when too much was violated', () => {
    const control = Control.create(1);
    for (let i = 0; i < 1000; i++) control.addViolation();
    expect(control.stopReason).toBe(StopReason.TOO_MANY_VIOLATIONS);
    expect(control.violations).toBe(1000);
  });

  it('starts when all streams have come', () => {
    const control = Control.create(1);
    expect(control.started).toBe(false);
    expect(control.arrive()).toBe(true);
    expect(control.started).toBe(true);
  });
});

it('keeps the peak of live bytes, whoever adds and takes away, without losing what is no whole granule', () => {
  const control = Control.create(2);
  let first = control.addLive(1000);
  let second = control.addLive(-300);
  first = control.addLive(first + 500);
  second = control.addLive(second - 1100);
  expect(control.peakLiveBytes).toBe(1200);
  expect(control.liveBytes + first + second).toBe(100);
});

it('finds the stream that is farthest behind', () => {
  const control = Control.create(3);
  control.publish(0, 5, 0);
  control.publish(1, 90, 0);
  control.publish(2, 70, 0);
  expect(control.lowestPosition(0, 3)).toBe(5);
  expect(control.lowestPosition(1, 2)).toBe(70);
  control.finish(2);
  expect(control.lowestPosition(1, 2)).toBe(90);
});
