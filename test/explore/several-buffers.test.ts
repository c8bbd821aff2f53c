/** Every shared buffer is under control, whoever made it; what `setup` returns and threads return travels. */
import { describe, expect, test } from 'vitest';
import { explore, replay } from '../../src/explore/index.ts';
import { run, scenario } from './run.ts';

describe('buffers', () => {
  test('made by setup are laid out anew, cloned for each thread, and given to check with the results', async () => {
    const result = await run('several-buffers');
    expect(result.failure?.message).toBeUndefined();
    expect(result.complete).toBe(true);
    expect([...result.outcomes.keys()]).toEqual(['made by setup, seen by 0 | made by setup, seen by 1']);
    expect(result.schedules).toBeGreaterThan(10);
  });

  test('have the names of what setup returned in reports, and schedules of them replay', async () => {
    const { failure } = await run('two-locks-elsewhere');
    expect(failure?.kind).toBe('deadlock');
    expect(failure?.threads).toEqual(['asleep in wait@shared.right+0', 'asleep in wait@shared.left+0']);
    expect(failure?.trace.map(({ place }) => place)).toContain('shared.left+0');
    const again = await replay(scenario('two-locks-elsewhere'), failure!.schedule, { runs: 20 });
    expect(again).toMatchObject({ identical: 20, diverged: undefined });
  });

  test('that nobody else sees are slept on in virtual time, and are no steps otherwise', async () => {
    const result = await run('own-buffers');
    expect([...result.outcomes.keys()]).toEqual(['2: timed-out, timed-out']);
    expect(result.complete).toBe(true);
    expect(result.schedules).toBe(2);
  });

  test('of setup that grew are small again in the next schedule', async () => {
    const { outcomes } = await run('growing-elsewhere');
    expect([...outcomes.keys()].toSorted()).toEqual(['8→32 of 32', '8→8 of 32']);
  });

  test('of setup are watched for races', async () => {
    const { failure } = await run('racy-elsewhere', { plain: 'race-log' });
    expect(failure?.message).toMatch(/^at byte shared\.counter\+8, the \w+ of thread b .* has no order with/);
  });
});

describe('text in shared memory', () => {
  const text = scenario('racy-text');

  test('is written and read as ever, and no race where a flag orders it', async () => {
    const { failure, outcomes, races } = await explore(text, { plain: 'race-log' });
    expect(failure?.message).toBeUndefined();
    expect([...outcomes.keys()].toSorted()).toEqual(['early', 'größe größe -7']);
    expect(races).toBe(0);
  });

  test('is a race without the flag: a Buffer against the encoder', async () => {
    const { failure } = await explore(new URL('?racy', text), { plain: 'race-log' });
    expect(failure?.message).toMatch(/^at byte (16|36), the (read|write) of thread [ab] .* with the (read|write) of/);
  });
});
