import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../src/explore/index.ts';
import { run } from './run.ts';

const file = new URL('./scenarios/futex-mutex.ts', import.meta.url);

describe('a mutant', () => {
  it.each([
    ['forgets to notify', 'Atomics.notify(words, at, 1);', '', 'deadlock'],
    [
      'loses the waiter',
      'state = Atomics.compareExchange(words, at, 0, 2);',
      'state = Atomics.compareExchange(words, at, 0, 1);',
      'deadlock',
    ],
    [
      'acquires with a store',
      'let state = Atomics.compareExchange(words, at, 0, 1);',
      'let state = Atomics.load(words, at); if (state === 0) Atomics.store(words, at, 1);',
      'check',
    ],
  ])('of the mutex that %s is found', async (_what, from, to, kind) => {
    const result = await run('three-thread-mutex', { replace: [{ file, from, to }] });
    expect(result.failure?.kind).toBe(kind);
  });

  it('keeps the positions of the lines that were not replaced', async () => {
    const from = 'Atomics.notify(words, at, 1);';
    const { failure } = await run('three-thread-mutex', { replace: [{ file, from, to: '' }] });
    expect(failure?.trace[0]?.position).toBe('test/explore/scenarios/futex-mutex.ts:3:23');
  });

  it.each([
    [
      'a pattern that matches nothing',
      'Atomics.notifyAll',
      /^replace: 0 matches in place of 1 in .*futex-mutex\.ts for "Atomics\.notifyAll"$/,
    ],
    ['a pattern that matches more than once', 'Atomics.store(', /^replace: 2 matches/],
  ])('%s is an error', async (_what, from, message) => {
    const refused = run('three-thread-mutex', { replace: [{ file, from, to: '' }] });
    await expect(refused).rejects.toThrow(ScenarioError);
    await expect(refused).rejects.toThrow(message);
  });

  it('of a module that the scenario does not load is an error', async () => {
    const refused = run('lost-wake-up', { replace: [{ file, from: 'Atomics.notify', to: '' }] });
    await expect(refused).rejects.toThrow('the scenario does not load');
  });
});
