import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../src/explore/index.ts';
import { run } from './run.ts';

describe('a verdict warns', () => {
  it('of a thread that did nothing under control', async () => {
    const { outcome, warnings } = await run('idle-thread');
    expect(outcome).toBe('held');
    expect(warnings).toEqual(['thread b executed no operation on memory under control, in any schedule']);
  });

  it('of Atomics on other memory, and of another realm', async () => {
    const { outcome, warnings } = await run('elsewhere');
    expect(outcome).toBe('held');
    expect(warnings.join('\n')).toMatch(
      /Atomics on a shared buffer that is not under control, at .*elsewhere\.scenario\.ts:12/,
    );
    expect(warnings.join('\n')).toContain('node:vm');
  });

  it('of plain writes that nothing orders, and of no others', async () => {
    const { outcome, warnings } = await run('racy-beside-atomics');
    expect(outcome).toBe('held');
    expect(warnings.join('\n')).toContain('a plain write at byte 4 has no order');
    for (const name of ['locked-counter', 'message-passing', 'racy-allowed-beside-atomics']) {
      expect((await run(name)).warnings).toEqual([]);
    }
  });

  it('and is none where nothing was controlled', async () => {
    await expect(run('nothing-controlled')).rejects.toThrow(ScenarioError);
    await expect(run('nothing-controlled')).rejects.toThrow('no thread executed an operation');
  });
});
