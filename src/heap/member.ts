/**
 * What a thread has of a heap that it is attached to, as the rest of this layer uses it.
 */
import type { Layout } from '../layout/layout.ts';
import type { ThreadSlots } from '../sync/thread-slots.ts';
import type { LockedTable } from '../table/locked-table.ts';
import type { ThreadSlabs } from '../slab/thread-slabs.ts';
import type { BlockBytes } from './block-bytes.ts';
import type { Locator } from './locator.ts';

export interface Member {
  readonly layout: Layout;
  readonly slots: ThreadSlots;
  readonly locked: LockedTable;
  /** Undefined in a heap without slabs. */
  readonly slabs: ThreadSlabs | undefined;
  readonly locator: Locator;
  readonly bytes: BlockBytes;
}
