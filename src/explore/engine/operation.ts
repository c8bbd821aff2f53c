/**
 * The operations that the explorer can tell apart, and the one word that stands for "this operation at this address".
 *
 * A key packs the operation's code into the upper 6 bits and the byte address into the lower 26, so shared buffers may
 * have up to 64 MiB. Keys are compared to notice that a replayed thread went another way, and to know which steps of
 * two threads can be exchanged without any thread seeing a difference.
 */

/** Codes of the operations. `EXIT` is the step of a thread that ends without any operation,
 * `PAUSE` of one that has nothing to do before it executes any, `DIE` that of a death, `TIMEOUT` that of a timeout or
 * timer that fires at a moment of its own. */
export const Operation = {
  LOAD: 0,
  STORE: 1,
  ADD: 2,
  SUB: 3,
  AND: 4,
  OR: 5,
  XOR: 6,
  EXCHANGE: 7,
  COMPARE_EXCHANGE: 8,
  WAIT: 9,
  WAIT_ASYNC: 10,
  NOTIFY: 11,
  READ: 12,
  WRITE: 13,
  GROW: 14,
  BYTE_LENGTH: 15,
  EXIT: 16,
  DIE: 17,
  PAUSE: 18,
  TIMEOUT: 19,
} as const;

/** One of the codes in `Operation`. */
export type OperationCode = (typeof Operation)[keyof typeof Operation];

const NAMES = [
  'load',
  'store',
  'add',
  'sub',
  'and',
  'or',
  'xor',
  'exchange',
  'compareExchange',
  'wait',
  'waitAsync',
  'notify',
  'read',
  'write',
  'grow',
  'byteLength',
  'exit',
  'die',
  'pause',
  'timeout',
] as const;

/** The letter of each operation in a schedule string, in the order of the codes. */
const LETTERS = 'lsanxoyecwvkrpgbzdqt';

const ADDRESS_BITS = 26;
const ADDRESS_MASK = (1 << ADDRESS_BITS) - 1;

/** The largest buffer, in bytes, whose addresses fit a key. */
export const MAX_BYTES: number = 1 << ADDRESS_BITS;

export const keyOf = (code: OperationCode, address: number): number => (code << ADDRESS_BITS) | address;
export const codeOf = (key: number): OperationCode => (key >>> ADDRESS_BITS) as OperationCode;
export const addressOf = (key: number): number => key & ADDRESS_MASK;

/** The name under which programmers know the operation: `compareExchange`, or `read` for a plain access. */
export const nameOfOperation = (code: OperationCode): string => NAMES[code] ?? 'unknown';

/** A key as messages show it: `compareExchange@0`. */
export function describeKey(key: number, placeOf: (address: number) => string = String): string {
  const code = codeOf(key);
  return code >= Operation.EXIT ? nameOfOperation(code) : `${nameOfOperation(code)}@${placeOf(addressOf(key))}`;
}

/** A key as schedule strings hold it: a letter and the address in base 36. */
export const encodeKey = (key: number): string => (LETTERS[codeOf(key)] ?? '') + addressOf(key).toString(36);

/** The key of an entry made by `encodeKey`, or `undefined` for anything else. */
export function decodeKey(text: string): number | undefined {
  const code = LETTERS.indexOf(text[0] ?? ' ');
  const address = Number.parseInt(text.slice(1), 36);
  return code >= 0 && address >= 0 && address < MAX_BYTES ? keyOf(code as OperationCode, address) : undefined;
}

const isPureRead = (code: OperationCode): boolean =>
  code === Operation.LOAD || code === Operation.READ || code === Operation.BYTE_LENGTH;

/** Whether an operation that is still to come may change what another thread sees. */
const mayChange = (key: number): boolean => !isPureRead(codeOf(key));

/**
 * Whether exchanging an executed step with another thread's pending operation could be noticed: their bytes overlap
 * and at least one of them writes. Growing a buffer is taken to touch everything.
 */
export function depends(doneKey: number, doneSize: number, doneChanged: boolean, key: number, size: number): boolean {
  const done = codeOf(doneKey);
  const code = codeOf(key);
  if (done === Operation.EXIT || done === Operation.PAUSE) return false;
  if (done === Operation.GROW || code === Operation.GROW || done === Operation.DIE || done === Operation.TIMEOUT)
    return true;
  const doneAt = addressOf(doneKey);
  const at = addressOf(key);
  if (doneAt + doneSize <= at || at + size <= doneAt) return false;
  return doneChanged || mayChange(key);
}
