/**
 * TypeScript in a package whose `package.json` says that it is CommonJS, as `npm init -y` writes it: a `.ts` file there that
 * says `import` or `export` is taken to be a module all the same. Hooks of the loader say so.
 */

/** A module for `register`, to be registered after the loader that compiles, if there is one. */
export function formatHook(): string {
  return `data:text/javascript,${encodeURIComponent(HOOK)}`;
}

const HOOK = `
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
let format;
export function initialize(data) {
  format = data.format;
}
const isModule = (url) => {
  if (!/^file:(?!.*\\/node_modules\\/).*\\.ts(\\?|$)/.test(url)) return false;
  return /^\\s*(import|export)\\b/m.test(readFileSync(fileURLToPath(url.replace(/\\?.*/, '')), 'utf8'));
};
export async function resolve(specifier, context, nextResolve) {
  const found = await nextResolve(specifier, context);
  return isModule(found.url) ? { ...found, format } : found;
}
export async function load(url, context, nextLoad) {
  return nextLoad(url, isModule(url) ? { ...context, format } : context);
}
`;
