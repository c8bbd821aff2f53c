/** The words of a table as walks and repairs see them: the truth, and what is derived from it. */
import type { Layout } from '../layout/layout.ts';
import type { BlockMap } from './block-map.ts';
import type { FreeRunIndex } from './free-run-index.ts';
import type { HeadBitmap } from './head-bitmap.ts';

export interface TableWords {
  readonly layout: Layout;
  readonly map: BlockMap;
  readonly heads: HeadBitmap;
  readonly free: FreeRunIndex;
  /** Units under management. */
  readonly unitCount: number;
}
