import type { Replacement } from '../../src/explore/index.ts';
import { FEW_SPINS } from './few-spins.ts';

/** Lets the library read text as browsers do: code of Node's own does not take what records plain accesses for an array. */
const NO_NATIVE_TEXT: Replacement = {
  file: new URL('../../src/data/format/text.ts', import.meta.url),
  from: 'return utf8Slice === undefined ? decodeCopy',
  to: 'return utf8Slice !== null ? decodeCopy',
};

/** What is replaced in the library for a scenario of that name. */
export function replacementsFor(name: string): Replacement[] {
  return name.startsWith('struct-') ? [FEW_SPINS, NO_NATIVE_TEXT] : [FEW_SPINS];
}
