import { describe, expect, it } from 'vitest';
import { Board, Status } from '../../src/explore/engine/board.ts';
import { EVERYBODY, SYNCHRONOUS, WaitQueue, Waiting } from '../../src/explore/engine/wait-queue.ts';

describe('WaitQueue', () => {
  it('wakes in the order of arrival, and only those on the address', () => {
    const queue = new WaitQueue(new Board(1));
    queue.push(2, 4, SYNCHRONOUS, Infinity);
    queue.push(0, 8, SYNCHRONOUS, Infinity);
    queue.push(1, 4, SYNCHRONOUS, Infinity);
    expect(queue.notify(4, 1)).toEqual({ threads: 1 << 2, woken: 1 });
    expect(queue.notify(4, Infinity)).toEqual({ threads: 1 << 1, woken: 1 });
    expect(queue.notify(4, Infinity).woken).toBe(0);
    expect(queue.takeSettled(2, true)).toEqual({ id: SYNCHRONOUS, state: Waiting.NOTIFIED });
    expect(queue.takeSettled(0, true)).toBeUndefined();
    expect(queue.length).toBe(2);
  });

  it('fires the earliest timeout and moves the clock to it, never back', () => {
    const board = new Board(1);
    const queue = new WaitQueue(board);
    board.status.set([Status.AWAITING, Status.WAITING, Status.WAITING]);
    queue.push(0, 4, 7, 30);
    queue.push(1, 4, SYNCHRONOUS, 20);
    queue.push(2, 4, SYNCHRONOUS, Infinity);
    expect(queue.timed()).toBe(0b011);
    expect([queue.timeOut(EVERYBODY), board.clock[0]]).toEqual([1, 20]);
    expect([queue.timeOut(1 << 0), board.clock[0]]).toEqual([0, 30]);
    expect(queue.timeOut(EVERYBODY)).toBe(-1);
    expect(queue.takeSettled(0, false)).toEqual({ id: 7, state: Waiting.TIMED_OUT });
  });

  it('keeps the wait of a thread and its promises apart', () => {
    const board = new Board(1);
    const queue = new WaitQueue(board);
    board.status[0] = Status.WAITING;
    queue.push(0, 4, 1, Infinity);
    queue.push(0, 8, SYNCHRONOUS, 50);
    queue.notify(4, 1);
    expect(queue.canGoOn(0)).toBe(false);
    expect(queue.takeSettled(0, true)).toBeUndefined();
    queue.timeOut(EVERYBODY);
    expect(queue.canGoOn(0)).toBe(true);
    expect(queue.takeSettled(0, true)).toEqual({ id: SYNCHRONOUS, state: Waiting.TIMED_OUT });
    expect(queue.takeSettled(0, false)).toEqual({ id: 1, state: Waiting.NOTIFIED });
  });

  it('lets no promise time out whose thread does not rest', () => {
    const board = new Board(1);
    const queue = new WaitQueue(board);
    board.status.set([Status.WAITING, Status.SPINNING]);
    queue.push(0, 4, 1, 5);
    queue.push(1, 4, 1, 5);
    expect([queue.timed(), queue.timeOut(EVERYBODY)]).toEqual([0, -1]);
    board.status[0] = Status.AWAITING;
    expect([queue.timed(), queue.timeOut(EVERYBODY)]).toEqual([1 << 0, 0]);
  });

  it('settles promises in the order in which they were notified', () => {
    const queue = new WaitQueue(new Board(1));
    queue.push(0, 4, 1, Infinity);
    queue.push(0, 8, 2, Infinity);
    queue.notify(8, 1);
    queue.notify(4, 1);
    expect([queue.takeSettled(0, false)?.id, queue.takeSettled(0, false)?.id]).toEqual([2, 1]);
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
