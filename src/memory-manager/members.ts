/**
 * Becoming a member of a heap: a new one, or one that exists, with the fit that its header names.
 */
import { AllocatorError, shown } from '../allocator-error.ts';
import { Layout } from '../layout/layout.ts';
import { builtInFit } from '../fit/fit.ts';
import { CustomFit, type NamedStrategy } from '../fit/fit-strategy.ts';
import { Membership } from '../heap/membership.ts';
import type { TenantOptions } from '../heap/tenancy.ts';
import type { Liveness } from '../sync/liveness.ts';
import { UserCode } from '../sync/user-code.ts';
import { createHeapBuffer, readFitName } from './heap-buffer.ts';
import type { CheckedAttachOptions, HeapParameters } from './options.ts';

/** Makes a heap and becomes its first member. */
export function createMember(parameters: HeapParameters): Membership {
  const { unitCount, liveness, fit } = parameters;
  const layout = new Layout(createHeapBuffer(parameters));
  return Membership.found(layout, optionsOf(layout, typeof fit === 'string' ? [] : [fit], liveness), unitCount);
}

/** Becomes a member of a heap that exists; one that does not answer is idle for good, as in models. */
export function openMember(layout: Layout, { fits, liveness }: CheckedAttachOptions, answers = true): Membership {
  return Membership.join(layout, optionsOf(layout, fits, liveness), answers);
}

/** Whether a thread that attaches with these options may go on with a membership that it has had. */
export function isSuitable({ options: { fit, liveness } }: Membership, given: CheckedAttachOptions): boolean {
  return liveness === given.liveness && (!(fit instanceof CustomFit) || given.fits.some((one) => fit.runs(one)));
}

function optionsOf(
  layout: Layout,
  strategies: readonly NamedStrategy[],
  liveness: Liveness | undefined,
): TenantOptions {
  const name = readFitName(layout);
  const userCode = new UserCode();
  const own = strategies.find((candidate) => candidate.name === name);
  const fit = builtInFit(name) ?? (own && new CustomFit(own, layout, userCode));
  if (fit !== undefined) return { fit, liveness, userCode };
  throw new AllocatorError('UNKNOWN_FIT', `the heap uses the fit ${shown(name)}; give it to attach in option fits`);
}
