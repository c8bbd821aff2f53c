/** What lies beside the command in its package. A clone of the repository has traces; what users install has none. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL(import.meta.url.endsWith('.ts') ? '../../../' : '../', import.meta.url);

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  return version;
}

/** Paths from the current directory. */
export function traceFiles(): string[] {
  const folder = new URL('examples/traces/', root);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith('.trace.gz'))
    .map((name) => relative(process.cwd(), fileURLToPath(new URL(name, folder))));
}
