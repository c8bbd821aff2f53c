/** Modules of Node, where there is Node. The core never imports them statically. */
import { AllocatorError } from '../../allocator-error.ts';

interface Modules {
  fs: typeof import('node:fs');
  path: typeof import('node:path');
  url: typeof import('node:url');
  zlib: typeof import('node:zlib');
}

/** A module of Node; `undefined` where there is none, as in browsers. */
export function platformModule<Name extends keyof Modules>(name: Name): Modules[Name] | undefined {
  return globalThis.process?.getBuiltinModule?.(`node:${name}`) as Modules[Name] | undefined;
}

/** @throws AllocatorError `UNSUPPORTED`, saying what needs it and what else there is */
export function requireModule<Name extends keyof Modules>(name: Name, why: string): Modules[Name] {
  const found = platformModule(name);
  if (found !== undefined) return found;
  throw new AllocatorError('UNSUPPORTED', why);
}
