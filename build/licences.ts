/** The licences of the packages that went into the bundles, which ask for their text to be kept. */
import { readdirSync, readFileSync } from 'node:fs';

const HEAD = 'The command of this package contains code of the packages below, under the licences that follow.\n';
const RULE = `\n${'─'.repeat(80)}\n\n`;

/** @param modules - paths of all modules that went in */
export function licencesOf(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((path) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  return [HEAD, ...[...folders].toSorted().map(licenceIn)].join(RULE);
}

function licenceIn(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest;
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} has no licence file to keep`);
  return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}
