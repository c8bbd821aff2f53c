/**
 * What a run may find wrong with a heap.
 */

export type ViolationKind =
  /** The heap gave out memory that belongs to a live block. */
  | 'overlap'
  /** Two blocks were live at the same time over the same memory, as their history shows. */
  | 'overlap in time'
  /** A byte of a live block is not what its owner wrote. */
  | 'damage'
  /** An address that is 0, misaligned or outside the heap. */
  | 'bad address'
  /** A call that had to succeed threw. */
  | 'error'
  /** `null` though most of the heap is free. */
  | 'starvation'
  /** After everything was freed the heap is not one free run again. */
  | 'leak'
  /** `check()` found the bookkeeping inconsistent, or allocated and free bytes do not make up the whole. */
  | 'inconsistency'
  /** A worker that no longer gets anywhere, or has died. */
  | 'lost worker';

export interface Violation {
  readonly kind: ViolationKind;
  readonly detail: string;
  /** Which block, as the workload numbers them; 0 when no block is concerned, as for the fields below. */
  readonly object: number;
  readonly address: number;
  readonly size: number;
  /** Which stream of the round saw it, and at which of the trace's or workload's operations. */
  readonly thread: number;
  readonly operation: number;
}

/** A violation that concerns the whole heap, found by no stream in particular. */
export function heapViolation(kind: ViolationKind, detail: string): Violation {
  return { kind, detail, object: 0, address: 0, size: 0, thread: 0, operation: 0 };
}

/** An error as one line. */
export function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? `${code}: ${error.message}` : `${error.name}: ${error.message}`;
}
