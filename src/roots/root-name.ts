/**
 * Names by which threads find something in a heap.
 */
import { AllocatorError, shown } from '../allocator-error.ts';

/** Longest name, in UTF-16 code units. */
const NAME_LIMIT = 1024;

/** A name with its hash. */
export interface RootName {
  readonly text: string;
  readonly hash: number;
}

/**
 * A name of a root or a tag, with its hash.
 *
 * @throws AllocatorError `BAD_OPTION`
 */
export function checkedName(what: string, name: string): RootName {
  if (typeof name !== 'string' || name.length > NAME_LIMIT) {
    const got = typeof name === 'string' ? `one of ${name.length}` : shown(name);
    throw new AllocatorError(
      'BAD_OPTION',
      `the name of a ${what} is a string of up to ${NAME_LIMIT} characters, got ${got}`,
    );
  }
  return { text: name, hash: hashOf(name) };
}

/** FNV-1a over code units, with the upper half folded into the lower, which chooses the entry. */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  return hash ^ (hash >>> 16);
}
