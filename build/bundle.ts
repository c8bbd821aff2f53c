/**
 * Makes the files of the package from the sources: one for each entry, with a source map. Packages that a user may leave
 * out stay imports; all others that are imported become part of the file, and their licences are kept beside it.
 */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type OutputChunk, type Plugin } from 'rolldown';
import manifest from '../package.json' with { type: 'json' };
import { CORE, ENTRIES, type Entry } from './entries.ts';
import { licencesOf } from './licences.ts';
import { SharedCore } from './shared-core.ts';

export const ROOT: string = fileURLToPath(new URL('..', import.meta.url));
/** Entries that run in browsers as well. */
const NEUTRAL = new Set([CORE.name, 'data', 'inspect']);
const LICENCES = 'licences.txt';
const PEERS = Object.keys(manifest.peerDependencies);

/**
 * @param folder - where the files go: `dist`, or another place for a test
 * @param extra - a plugin that sees the modules first
 */
export async function bundle(folder: string, entries: readonly Entry[] = ENTRIES, extra?: Plugin): Promise<void> {
  const shared = await SharedCore.of(ROOT);
  const modules: string[] = [];
  for (const entry of entries) {
    const input = resolve(ROOT, entry.source);
    modules.push(...(await bundleEntry(entry, input, [extra, shared.apartFrom(entry)], folder)));
  }
  modules.push(...(await bundleEntry(CORE, shared.entry, [extra, shared.inside], folder)));
  await writeFile(join(folder, LICENCES), licencesOf(modules));
  await chmod(join(folder, 'cli.js'), 0o755);
}

/** Returns the modules that went into the file. */
async function bundleEntry(
  entry: Entry,
  input: string,
  plugins: readonly (Plugin | undefined)[],
  folder: string,
): Promise<string[]> {
  const build = await rolldown({
    input,
    cwd: ROOT,
    platform: NEUTRAL.has(entry.name) ? 'neutral' : 'node',
    resolve: { symlinks: false },
    tsconfig: join(ROOT, 'tsconfig.json'),
    external: PEERS.map((peer) => new RegExp(`^${peer}(/|$)`)),
    plugins: [...plugins],
  });
  const { output } = await build.write({
    file: join(folder, `${entry.name}.js`),
    format: 'esm',
    codeSplitting: false,
    comments: { legal: false, annotation: true, jsdoc: false },
    sourcemap: true,
    sourcemapPathTransform: (source, map) => shippedPath(resolve(map, '..', source)),
  });
  await build.close();
  await slimMap(join(folder, `${entry.name}.js.map`));
  const [{ moduleIds }] = output as [OutputChunk];
  return moduleIds;
}

/** Maps name sources as they lie in the package: beside `dist`. */
function shippedPath(path: string): string {
  return `../${relative(ROOT, path)}`;
}

/** Own sources are shipped, so that the maps need not repeat them; debuggers are told to pass over those of others. */
async function slimMap(file: string): Promise<void> {
  const map = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  delete map['sourcesContent'];
  await writeFile(file, JSON.stringify(map));
}
