/**
 * A process whose main thread rewrites a text again and again while a worker reads it: `node … KIND MILLISECONDS`.
 * Prints how often the worker read.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { free, open, share, string, struct } from '../../src/data/index.ts';
import { MemoryManager } from '../../src/index.ts';

const Holder = struct('Holder', { text: string });
const UNITS = 7000;
/** As many bytes, but half as many units: who measures one and decodes the other writes beyond what it measured. */
const TEXTS = ['é'.repeat(UNITS / 2), 'z'.repeat(UNITS), 'z'.repeat(UNITS)];

/** What is rewritten: the text of a struct, or a value in a block that is freed and used again. */
type Kind = 'struct' | 'value';

interface Handed {
  readonly handle: MemoryManager['handle'];
  readonly kind: Kind;
  readonly address: number;
}

async function rewrite(kind: Kind, milliseconds: number): Promise<void> {
  const heap = new MemoryManager(2 ** 20);
  const holder = Holder.allocate(heap, { text: TEXTS[0] });
  let value = share(heap, TEXTS[0]);
  const address = kind === 'struct' ? holder.address : value;
  const handed: Handed = { handle: heap.handle, kind, address };
  const worker = new Worker(new URL(import.meta.url), { workerData: handed });
  await new Promise((resolve) => worker.once('message', resolve));
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    for (const text of TEXTS) {
      if (kind === 'struct') {
        holder.text = text;
      } else {
        free(heap, value);
        value = share(heap, text);
      }
    }
  }
  const count = new Promise((resolve) => worker.once('message', resolve));
  worker.postMessage('enough');
  console.log(await count);
}

/** Reads until it is told to stop, and tells how often. */
function read({ handle, kind, address }: Handed): void {
  const heap = MemoryManager.attach(handle);
  const holder = kind === 'struct' ? Holder.at(heap, address) : undefined;
  let count = 0;
  const again = (): void => {
    for (let round = 0; round < 1000; round++, count++) {
      if (holder === undefined) openFreed(heap, address);
      else if (!TEXTS.includes(holder.text)) throw new Error('half a text');
    }
    setImmediate(again);
  };
  parentPort!.once('message', () => {
    parentPort!.postMessage(count);
    process.exit();
  });
  parentPort!.postMessage('reading');
  again();
}

/** What comes of a value that may be free by now is not known: another text, half of one, or an error. */
function openFreed(heap: MemoryManager, address: number): void {
  try {
    open(heap, address);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

if (isMainThread) await rewrite(process.argv[2] as Kind, Number(process.argv[3]));
else read(workerData as Handed);
