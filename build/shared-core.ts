/**
 * Keeps the core out of the other bundles, so that there is one of it wherever several are loaded.
 *
 *   cli.ts ──▶ '../index.ts'            becomes   import … from './index.js'
 *          ──▶ '../sync/spinlock.ts'    becomes   import { internals } from './index.js'
 *          ──▶ '../report/index.ts'     becomes   import … from './report.js', since that is an entry too
 *          ──▶ '../quantity.ts'         is bundled: it is no part of the core
 *
 * `internals` is an export of `index.js` that has no types: it is for the package's own files, and may change at any
 * time. It holds what these files use of the core and no more.
 */
import { resolve } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import { CORE, ENTRIES, type Entry } from './entries.ts';

const INTERNAL = '\0internal:';
const CORE_ENTRY = '\0core';
const INTERNALS = '\0internals';

/** The modules of the core, by path, with the names that they export. */
type Core = ReadonlyMap<string, readonly string[]>;

export class SharedCore {
  readonly #root: string;
  readonly #core: Core;
  /** Modules of the core that other bundles have asked for. */
  readonly #used = new Set<string>();

  private constructor(root: string, core: Core) {
    this.#root = root;
    this.#core = core;
  }

  static async of(root: string): Promise<SharedCore> {
    const exports = new Map<string, readonly string[]>();
    const reader: Plugin = {
      name: 'read-core',
      moduleParsed: (module) => void exports.set(module.id, module.exports.toSorted()),
    };
    const bundle = await rolldown({ input: resolve(root, CORE.source), plugins: [reader], treeshake: false });
    await bundle.generate();
    await bundle.close();
    return new SharedCore(root, exports);
  }

  /** For the bundle of an entry beside the core. */
  apartFrom(entry: Entry): Plugin {
    const own = resolve(this.#root, entry.source);
    const files = new Map([CORE, ...ENTRIES].map(({ name, source }) => [resolve(this.#root, source), `./${name}.js`]));
    return {
      name: 'share-core',
      resolveId: async (source, importer) => {
        if (importer === undefined || !/^[./]/.test(source)) return undefined;
        const path = resolve(importer.startsWith(INTERNAL) ? '/' : importer, '..', source);
        const file = path === own ? undefined : files.get(path);
        if (file !== undefined) return { id: file, external: true };
        return this.#core.has(path) ? `${INTERNAL}${path}` : undefined;
      },
      load: (id) => (id.startsWith(INTERNAL) ? this.#importOf(id.slice(INTERNAL.length)) : undefined),
    };
  }

  #importOf(path: string): string {
    this.#used.add(path);
    const core = JSON.stringify(resolve(this.#root, CORE.source));
    return `import { internals } from ${core}; export const { ${this.#namesIn(path).join(', ')} } = internals;`;
  }

  /** For the bundle of the core, which has to be made last. */
  get inside(): Plugin {
    const modules = [...this.#used].toSorted();
    const lines = modules.map((path) => `export { ${this.#namesIn(path).join(', ')} } from ${JSON.stringify(path)};`);
    const own = JSON.stringify(resolve(this.#root, CORE.source));
    const code = new Map([
      [CORE_ENTRY, `export * from ${own}; export * as internals from '${INTERNALS}';`],
      [INTERNALS, lines.join('\n')],
    ]);
    return {
      name: 'core',
      resolveId: (source) => (code.has(source) ? source : undefined),
      load: (id) => code.get(id),
    };
  }

  get entry(): string {
    return CORE_ENTRY;
  }

  #namesIn(path: string): readonly string[] {
    return this.#core.get(path) ?? [];
  }
}
