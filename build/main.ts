/**
 * `npm run build`, after the compiler: bundles the package's files into `dist` and gathers their types in `dist/types`.
 * What the compiler wrote, `dist/src` and the like, is for the benchmarks and not shipped.
 */
import { join } from 'node:path';
import { bundle, ROOT } from './bundle.ts';
import { copyTypes } from './types.ts';

const DIST = join(ROOT, 'dist');
const TYPED = ['index.d.ts', 'inspect/index.d.ts', 'explore/index.d.ts', 'explore/vitest.d.ts'];

await bundle(DIST);
await copyTypes(join(DIST, 'src'), join(DIST, 'types'), TYPED);
