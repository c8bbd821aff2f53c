/**
 * The judges of a stress run. All are on unless some are chosen; each sees its own kind of fault, whatever the others
 * see.
 */
export const ORACLES = ['owner', 'bytes', 'history', 'room', 'sum', 'check'] as const;

/**
 * - `owner`: the shadow map says whose the memory is, block by block, as it is given out
 * - `bytes`: every block holds the pattern that its owner wrote, and zeros where it was asked for zeroed
 * - `history`: no two intervals of life, sampled by address, overlap in address and time
 * - `room`: there is no memory only where the free memory cannot serve, and none stays taken once everything is freed
 * - `sum`: after each round allocated + free = byteLength, and in the end all is one free run
 * - `check`: after each round the heap finds its own bookkeeping consistent
 */
export type Oracle = (typeof ORACLES)[number];
