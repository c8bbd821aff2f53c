/** A hash of short texts. */

/** FNV-1a over UTF-16 units, 32 bits (Fowler, Noll, Vo 1991). */
export function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5 | 0;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  return hash;
}
