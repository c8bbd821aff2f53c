/** What both workers are told. */
import type { MessagePort } from 'node:worker_threads';
import type { HeapHandle } from 'threadheap';

export interface Task {
  readonly handle: HeapHandle;
  readonly port: MessagePort;
  readonly blocks: number;
  readonly blockBytes: number;
}

export const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => total + byte, 0);
