/** `threadheap stress` against a heap with a fault in it, which it must find in the time that it is given. */
import { describe, expect, it } from 'vitest';
import { FULL } from '../../support/full.ts';
import { BuiltCommand, type CommandResult } from '../../support/built-command.ts';
import { STRESS_FAULTS, type StressFault } from './faults.ts';

async function stress({ flags, ...fault }: StressFault): Promise<CommandResult> {
  const command = new BuiltCommand();
  try {
    await command.build(fault);
    return await command.run(['stress --quiet --seconds 10', flags].filter(Boolean).join(' '));
  } finally {
    command.remove();
  }
}

/** Chance decides whether a thread meets the fault: one of three runs must find it. */
describe.runIf(FULL)('threadheap stress finds a heap that', { retry: 2 }, () => {
  it.each(STRESS_FAULTS.map((fault) => [fault.does, fault] as const))('%s', async (_, fault) => {
    const { code, stdout } = await stress(fault);
    console.log(stdout.split('\n')[0]);
    expect(stdout).toContain('did NOT hold');
    expect(code).toBe(1);
  });
});
