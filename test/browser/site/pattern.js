/** Bytes that depend on who filled a block and which one it is. */
export const BLOCK_BYTES = 1000;
const LONGEST_STEP = 251;

export function patternOf(worker, index) {
  const step = 1 + ((worker * 97 + index) % LONGEST_STEP);
  return Uint8Array.from({ length: BLOCK_BYTES }, (_, offset) => offset * step);
}

export function isPattern(bytes, worker, index) {
  const expected = patternOf(worker, index);
  return bytes.length === expected.length && bytes.every((byte, offset) => byte === expected[offset]);
}
