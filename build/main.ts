/**
 * `npm run build`, after the compiler: bundles the package's files into `dist` and gathers their types in `dist/types`.
 * What the compiler wrote, `dist/src` and the like, is for the benchmarks and not shipped.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { bundle, ROOT } from './bundle.ts';
import { copyTypes } from './types.ts';

const DIST = join(ROOT, 'dist');
const TYPES = join(DIST, 'types');
/** Declarations that users' programs begin with. */
const TYPED = Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.types]));

// Files of entries that are no more would be shipped with the others.
for (const name of readdirSync(DIST)) if (/\.js(\.map)?$/.test(name)) rmSync(join(DIST, name));
rmSync(TYPES, { recursive: true, force: true });

await bundle(DIST);
const declared = TYPED.map((path) => relative(TYPES, join(ROOT, path)));
await copyTypes(join(DIST, 'src'), TYPES, declared);
