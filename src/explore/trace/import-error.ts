/**
 * Why a module could not be imported, in one line with the place in the user's file. Engines and compilers keep the
 * place of a syntax error in different corners, and Node shows that of JavaScript only where the error ends a process.
 */
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeThrown } from './thrown.ts';

const TIMEOUT_MS = 10_000;
/** `file:///folder/file.mjs:3`, alone on a line: how Node begins what it prints of an error. */
const PLACE = /^(file:\/\/\S+|\/\S+):(\d+)$/m;
/** `/folder/file.ts:3:12: ERROR: Expected identifier`: esbuild, behind tsx. */
const COMPILED = /^(\/.+):(\d+):(\d+): ERROR: (.+)$/m;

/** @param url - the module whose import failed */
export function describeImportError(error: unknown, url: string): string {
  if (!(error instanceof Error)) return describeThrown(error);
  const compiled = COMPILED.exec(error.message);
  if (compiled !== null) {
    const [, file = '', line, column, message] = compiled;
    return `SyntaxError: ${message} (${shown(file)}:${line}:${column})`;
  }
  if (error.name !== 'SyntaxError') return describeThrown(error);
  const [, file, line] = PLACE.exec(error.stack ?? '') ?? PLACE.exec(printed(url)) ?? [];
  const text = `${error.name}: ${error.message.split('\n', 1)[0]}`;
  return file === undefined ? text : `${text} (${shown(file)}:${line})`;
}

/** What Node prints where the import ends a process. A module that cannot be parsed is not executed. */
function printed(url: string): string {
  const program = `await import(${JSON.stringify(url)})`;
  const given = ['--no-warnings', '--input-type=module', '--eval', program];
  return spawnSync(process.execPath, given, { encoding: 'utf8', timeout: TIMEOUT_MS }).stderr;
}

function shown(file: string): string {
  const path = file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*/, '')) : file.replace(/\?.*/, '');
  return relative(process.cwd(), path);
}
