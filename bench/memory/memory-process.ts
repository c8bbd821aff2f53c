/**
 * Replays one trace in a process of its own, so that the growth of its memory is that of the heap (and of the little
 * that the engine takes meanwhile), and prints what it took as JSON.
 *
 *   node memory-process.js FILE THREADS      one thread replays all; else as many copies as it takes for so many
 */
import { Layout } from '../../src/layout/layout.ts';
import { BYTES_PER_WORD } from '../../src/layout/units.ts';
import { MemoryManager, type HeapHandle } from '../../src/index.ts';
import { Control } from '../../src/stress/control/control.ts';
import { planTrace } from '../../src/stress/traces/plan.ts';
import { createHeap } from '../../src/stress/run/stress-heap.ts';
import { TraceWord, type Trace } from '../../src/stress/traces/trace.ts';
import { readTrace } from '../../src/stress/traces/trace-reader.ts';
import { Lane } from '../measure/lane.ts';
import type { MemoryLane } from './memory-lane.ts';
import { beginResidence, peakResidence } from './resident.ts';

/** What a replay took. All in bytes. */
export interface MemoryFigures {
  readonly copies: number;
  readonly threads: number;
  /** As requested, of all copies together. */
  readonly peakLive: number;
  /** Taken from the table. */
  readonly peakUsed: number;
  /** Pages of the heap that were touched, and how many of them hold bookkeeping. */
  readonly touched: number;
  readonly bookkeeping: number;
  /** By which the process grew at most; undefined where that cannot be known. */
  readonly resident: number | undefined;
}

const PAGE_BYTES = 4096;

async function replay(trace: Trace, threads: number): Promise<MemoryFigures> {
  const plan = planTrace(threads === 1 ? inOneThread(trace) : trace, threads);
  const { copies, streamsPerCopy, demandBytes, mailboxCount, steps, streams, operationCounts } = plan;
  const streamCount = copies * streamsPerCopy;
  const { handle } = createHeap(demandBytes * copies, streamCount, { fit: 'first-fit', slabs: true });
  const control = Control.create(streamCount);
  const mailboxes = new SharedArrayBuffer(copies * mailboxCount * BYTES_PER_WORD);
  const { objectCount } = trace;
  const shared = { handle, control: control.words.buffer, mailboxes };
  const parameters: MemoryLane = { ...shared, mailboxCount, objectCount, steps, streams, operationCounts };
  const module = new URL('memory-lane.js', import.meta.url);
  const lane = await Lane.open({ module, parameters, threads: streamCount });
  const before = beginResidence();
  await lane.run(1);
  const peak = peakResidence();
  const { peakUsedBytes } = MemoryManager.attach(handle).stats();
  await lane.close();
  return {
    copies,
    threads: streamCount,
    peakLive: control.peakLiveBytes,
    peakUsed: peakUsedBytes,
    touched: touchedBytes(handle, handle.buffer.byteLength),
    bookkeeping: touchedBytes(handle, new Layout(handle.buffer).base),
    resident: before === undefined || peak === undefined ? undefined : peak - before,
  };
}

function inOneThread(trace: Trace): Trace {
  const records = trace.records.map((word, index) => (index % TraceWord.WORDS === TraceWord.THREAD ? 0 : word));
  return { ...trace, records, threadCount: 1 };
}

/** Of the first so many bytes. All bytes of blocks were written, and bookkeeping does not consist of zeros. */
function touchedBytes({ buffer }: HeapHandle, byteLength: number): number {
  const words = new Int32Array(buffer, 0, byteLength / BYTES_PER_WORD);
  const wordsPerPage = PAGE_BYTES / BYTES_PER_WORD;
  let touched = 0;
  for (let page = 0; page < words.length; page += wordsPerPage) {
    if (words.subarray(page, page + wordsPerPage).some((word) => word !== 0)) touched += PAGE_BYTES;
  }
  return touched;
}

const [file, threads] = process.argv.slice(2);
console.log(JSON.stringify(await replay(await readTrace(file), Number(threads))));
