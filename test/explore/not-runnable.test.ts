import { describe, expect, it } from 'vitest';
import { explore, ScenarioError } from '../../src/explore/index.ts';
import { run } from './run.ts';

const WATCHDOG_MS = 500;

describe('what cannot be explored is one clear error', () => {
  it.each([
    ['missing', /^no such scenario: .*missing\.scenario\.ts$/],
    ['failing-setup', /^setup failed: Error: no memory \(.*failing-setup\.scenario\.ts:\d+:\d+\)$/],
    ['endless', /^thread a never ends: it ran for 0\.5 s without an operation/],
  ])('%s', async (name, message) => {
    const refused = run(name, { watchdogMs: WATCHDOG_MS });
    await expect(refused).rejects.toThrow(ScenarioError);
    await expect(refused).rejects.toThrow(message);
  });

  it('a module without a scenario', async () => {
    const refused = explore(new URL('./scenarios/no-scenario.ts', import.meta.url));
    await expect(refused).rejects.toThrow('the module has no scenario as its default export');
  });

  it('a shard that does not exist', async () => {
    await expect(run('lost-wake-up', { shard: '3/2' })).rejects.toThrow(RangeError);
  });
});

it('a thread that never ends under some schedules only is a failure', async () => {
  const { failure } = await run('endless-sometimes', { watchdogMs: WATCHDOG_MS });
  expect(failure?.kind).toBe('endless-loop');
  expect(failure?.trace.map(({ thread, operation }) => `${thread} ${operation}`)).toEqual(['1 store', '0 load']);
});

it('a thread that never ends before its first step is one, with a schedule', async () => {
  const { failure } = await run('endless-at-first', { watchdogMs: WATCHDOG_MS });
  expect(failure?.kind).toBe('endless-loop');
  expect(failure?.message).toMatch(/^thread b never ends: it ran for 0\.5 s without an operation/);
  expect(failure?.schedule).toMatch(/^v1:endless-at-first:64:b1:z0:/);
});
