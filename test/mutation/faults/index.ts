/** All faults of which the tests must find each, by the part that they are in. */
import type { Fault } from '../fault.ts';
import { DATA_FAULTS } from './data.ts';
import { HEAP_FAULTS } from './heap.ts';
import { SLAB_FAULTS } from './slab.ts';
import { STRESS_TOOL_FAULTS } from './stress.ts';
import { SYNC_FAULTS } from './sync.ts';
import { TABLE_FAULTS } from './table.ts';

export const FAULTS: readonly Fault[] = [
  ...SYNC_FAULTS,
  ...TABLE_FAULTS,
  ...SLAB_FAULTS,
  ...HEAP_FAULTS,
  ...DATA_FAULTS,
  ...STRESS_TOOL_FAULTS,
];
