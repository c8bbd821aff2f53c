/**
 * Whether a module's default export is a scenario, and what the host must know of it.
 */
import { MAX_THREADS } from '../engine/board.ts';
import type { ScenarioShape } from './messages.ts';
import { MAX_BYTES } from '../engine/operation.ts';
import { ScenarioError, type Scenario } from './scenario.ts';

/** @throws ScenarioError in one line */
export function shapeOf(exported: unknown): ScenarioShape {
  if (typeof exported !== 'object' || exported === null) {
    throw new ScenarioError('the module has no scenario as its default export: export default defineScenario({ … })');
  }
  const { name, threads, bytes, maxBytes, thread } = exported as Partial<Scenario>;
  if (typeof thread !== 'function') throw new ScenarioError('the scenario has no function `thread`');
  if (name !== undefined && !/^[\w.-]+$/.test(name)) {
    throw new ScenarioError('name: letters, digits, dots, dashes and underscores only');
  }
  return {
    name,
    threads: checked('threads', threads, 1, MAX_THREADS),
    bytes: bytes === undefined ? 0 : checkedBytes('bytes', bytes, 8),
    maxBytes: maxBytes === undefined ? undefined : checkedBytes('maxBytes', maxBytes, bytes ?? 8),
  };
}

function checkedBytes(name: string, value: unknown, least: number): number {
  const bytes = checked(name, value, least, MAX_BYTES);
  if (bytes % 8 !== 0) throw new ScenarioError(`${name}: ${bytes} is no multiple of 8`);
  return bytes;
}

function checked(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ScenarioError(`${name}: ${String(value)} is no whole number from ${least} to ${most}`);
}
