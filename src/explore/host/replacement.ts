/**
 * Replaced source text: the way to plant a bug in a module under test without touching its file.
 *
 * The text is replaced while the workers load the module, before it is compiled, so mutants are written in terms of the
 * source. Each pattern must match exactly once; a mutant whose pattern drifted away is an error and not a test that
 * passes.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { ScenarioError } from './scenario.ts';

/** One replacement in one module. */
export interface Replacement {
  /** The module's file, as a `file:` URL. */
  readonly file: URL | string;
  /** Text that occurs in it exactly once. */
  readonly from: string;
  readonly to: string;
}

/** @throws ScenarioError where a file cannot be read or a pattern does not match exactly once */
export function checkReplacements(replacements: readonly Replacement[]): void {
  const texts = new Map<string, string>();
  for (const { file, from, to } of replacements) {
    const { href } = new URL(file);
    const text = texts.get(href) ?? sourceOf(href);
    const matches = text.split(from).length - 1;
    if (matches !== 1) {
      throw new ScenarioError(
        `replace: ${matches} matches in place of 1 in ${fileURLToPath(href)} for ${quoted(from)}`,
      );
    }
    texts.set(
      href,
      text.replace(from, () => to),
    );
  }
}

/** In a worker: the modules in which text was replaced, as told over the port of the hook. */
export function replacedModules(port: MessagePort): Set<string> {
  const modules = new Set<string>();
  for (let told = receiveMessageOnPort(port); told !== undefined; told = receiveMessageOnPort(port)) {
    modules.add(told.message as string);
  }
  return modules;
}

/** A module for `register`: replaces text as modules are loaded, and tells a port in which. */
export function hookModule(): string {
  return `data:text/javascript,${encodeURIComponent(HOOK)}`;
}

const HOOK = `
let replacements = [];
let port;
export function initialize(data) {
  ({ replacements, port } = data);
}
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  const own = replacements.filter(({ file }) => file === url.replace(/[?].*/, ''));
  if (own.length === 0) return loaded;
  let source = String(loaded.source instanceof Uint8Array || loaded.source instanceof ArrayBuffer
    ? new TextDecoder().decode(loaded.source) : loaded.source);
  for (const { from, to } of own) source = source.replace(from, () => to);
  port.postMessage(own[0].file);
  return { ...loaded, source };
}
`;

function sourceOf(href: string): string {
  try {
    return readFileSync(fileURLToPath(href), 'utf8');
  } catch {
    throw new ScenarioError(`replace: cannot read ${href}`);
  }
}

const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
