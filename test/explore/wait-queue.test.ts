import { describe, expect, it } from 'vitest';
import { Board } from '../../src/explore/engine/board.ts';
import { SYNCHRONOUS, WaitQueue, Waiting } from '../../src/explore/engine/wait-queue.ts';

const EVERYBODY = -1;

describe('WaitQueue', () => {
  it('wakes in the order of arrival, and only those on the address', () => {
    const queue = new WaitQueue(new Board(1));
    queue.push(2, 4, SYNCHRONOUS, Infinity);
    queue.push(0, 8, SYNCHRONOUS, Infinity);
    queue.push(1, 4, SYNCHRONOUS, Infinity);
    expect(queue.notify(4, 1)).toEqual({ threads: 1 << 2, woken: 1 });
    expect(queue.notify(4, Infinity)).toEqual({ threads: 1 << 1, woken: 1 });
    expect(queue.notify(4, Infinity).woken).toBe(0);
    expect(queue.takeSettled(2)).toEqual({ id: SYNCHRONOUS, state: Waiting.NOTIFIED });
    expect(queue.takeSettled(0)).toBeUndefined();
    expect(queue.length).toBe(2);
  });

  it('fires the earliest timeout and moves the clock to it, never back', () => {
    const board = new Board(1);
    const queue = new WaitQueue(board);
    queue.push(0, 4, 7, 30);
    queue.push(1, 4, SYNCHRONOUS, 20);
    queue.push(2, 4, SYNCHRONOUS, Infinity);
    expect(queue.timed()).toBe(0b011);
    expect([queue.timeOut(EVERYBODY), board.clock[0]]).toEqual([1, 20]);
    expect([queue.timeOut(1 << 0), board.clock[0]]).toEqual([0, 30]);
    expect(queue.timeOut(EVERYBODY)).toBe(-1);
    expect(queue.takeSettled(0)).toEqual({ id: 7, state: Waiting.TIMED_OUT });
  });

  it('forgets what a dead thread waited for', () => {
    const queue = new WaitQueue(new Board(1));
    queue.push(0, 4, SYNCHRONOUS, Infinity);
    queue.push(1, 4, SYNCHRONOUS, Infinity);
    queue.push(0, 4, 1, Infinity);
    queue.removeAll(0);
    expect(queue.notify(4, Infinity)).toEqual({ threads: 1 << 1, woken: 1 });
  });
});
