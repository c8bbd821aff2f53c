/** Message ports are ordered queues under control; what cannot be controlled is refused, with the line. */
import { describe, expect, test } from 'vitest';
import { replay } from '../../src/explore/index.ts';
import { run, scenario } from './run.ts';

describe('message ports', () => {
  test('keep messages in order, until somebody looks', async () => {
    const { outcomes, complete } = await run('port-queue');
    const [one, two] = ['{"first":{}}', '"second"'];
    expect([...outcomes.keys()].toSorted()).toEqual([
      `of setup, none yet, then ${one} ${two}`,
      `of setup, one, then ${two}`,
    ]);
    expect(complete).toBe(true);
  });

  test('wake their listeners, and carry ports and buffers that a thread made', async () => {
    const { failure, outcomes, complete } = await run('port-listener');
    expect(failure?.message).toBeUndefined();
    expect([...outcomes.keys()].toSorted()).toEqual(['0 2', '1 2']);
    expect(complete).toBe(true);
  });

  test('let a thread that nobody posts to sleep for ever, and schedules of it replay', async () => {
    const { failure } = await run('port-lost');
    expect(failure).toMatchObject({ kind: 'deadlock', threads: ['ended', 'awaits what nobody does'] });
    const again = await replay(scenario('port-lost'), failure!.schedule, { runs: 20 });
    expect(again).toMatchObject({ identical: 20, diverged: undefined });
  });
});

test('a worker inside a thread is refused, with the line', async () => {
  await expect(run('makes-worker')).rejects.toThrow(
    /^new Worker\(\) cannot be explored \(test\/explore\/scenarios\/makes-worker\.scenario\.ts:9:5\): the threads of/,
  );
});
