/**
 * brim: threads that fill the heap to its brim, again and again, with blocks of another size each time.
 *
 * In each cycle every thread allocates until there is no memory: nearly all of it must be live then. It frees every
 * eighth block and takes as many again, which must succeed: there are just so many holes, and they are its own. Then it
 * does the same after its neighbour has freed every eighth of its blocks. In the end all is freed, by the owner or by the
 * neighbour, and has to serve the next cycle's size.
 *
 * So a heap is caught that does not find again what was freed: few slots in many slabs, slots that others freed, slabs
 * that have become empty. Where threads are terminated they do not wait for each other, and nothing is
 * demanded.
 */
import { emptySlot, NO_BLOCK } from './hands.ts';
import type { Workload, WorkloadContext } from './workload.ts';

const CYCLES = 6;
const BYTES_PER_THREAD = 256 * 1024;
/** Sizes of slots, so that nothing is lost to rounding; so small that a slab has at least a few. */
const SIZES: readonly number[] = [192, 256, 320, 448, 512, 640, 768, 1024];
const HOLE_PERIOD = 8;
/** Of the heap, what must be live when there is no memory. The rest is what slabs cannot use of their units. */
const LEAST_PERCENT = 90;

/** Where in a cycle all wait for each other. */
const Meeting = { START: 0, FULL: 1, JUDGED: 2, REFILLED: 3, HOLES: 4, REFILLED_AGAIN: 5, COUNT: 6 } as const;

const slotsPerThread = (threads: number): number => Math.ceil((threads * BYTES_PER_THREAD) / SIZES[0]);

export const brim: Workload = {
  name: 'brim',
  summary: 'threads that fill a small heap, free every eighth block, theirs or a neighbour’s, and fill it again',
  threads: (wanted) => wanted,
  generations: 1,
  slotCount: (threads) => threads * slotsPerThread(threads),
  wordCount: (threads) => CYCLES * Meeting.COUNT * threads,
  demandBytes: (threads) => threads * BYTES_PER_THREAD,
  heapBytes: (threads) => threads * BYTES_PER_THREAD,
  run(context: WorkloadContext): void {
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      if (!runCycle(context, cycle)) return;
    }
  },
};

/** False when the round was stopped. */
function runCycle(context: WorkloadContext, cycle: number): boolean {
  const { stream, threads, seed, isEndless } = context;
  const size = SIZES[(seed + cycle * 3) % SIZES.length];
  const neighbour = isEndless ? stream : (stream + 1) % threads;
  const meet = (meeting: number): boolean => context.meet((cycle * Meeting.COUNT + meeting) * threads);
  if (!meet(Meeting.START) || !fill(context, size) || !meet(Meeting.FULL)) return false;
  if (stream === 0) demandFullHeap(context, size);
  if (!meet(Meeting.JUDGED)) return false;
  punch(context, stream);
  if (!refill(context, size) || !meet(Meeting.REFILLED)) return false;
  punch(context, neighbour);
  if (!meet(Meeting.HOLES) || !refill(context, size) || !meet(Meeting.REFILLED_AGAIN)) return false;
  return empty(context, cycle % 2 === 0 ? stream : neighbour);
}

/** Takes blocks until there is no memory. False when the round was stopped. */
function fill(context: WorkloadContext, size: number): boolean {
  const { slots, blocks } = context;
  const first = firstSlotOf(context, context.stream);
  const end = first + slotsPerThread(context.threads);
  for (let slot = first; slot < end && context.goesOn(); slot++) {
    if (slots[slot] !== NO_BLOCK) continue;
    slots[slot] = blocks.tryTake(size);
    if (slots[slot] === NO_BLOCK) break;
  }
  return context.checkIn();
}

function demandFullHeap(context: WorkloadContext, size: number): void {
  const least = (context.threads * BYTES_PER_THREAD * LEAST_PERCENT) / 100;
  context.demand(context.liveBytes >= least, `no memory for ${size} bytes though only ${context.liveBytes} are live`);
}

/** Frees every eighth block of a thread. */
function punch(context: WorkloadContext, stream: number): void {
  const first = firstSlotOf(context, stream);
  const end = first + slotsPerThread(context.threads);
  for (let slot = first; slot < end && context.goesOn(); slot += HOLE_PERIOD) emptySlot(context, slot);
}

/** Takes as many blocks again as were freed. False when the round was stopped. */
function refill(context: WorkloadContext, size: number): boolean {
  const { slots, blocks } = context;
  const first = firstSlotOf(context, context.stream);
  for (let slot = first; slots[slot + 1] !== NO_BLOCK && context.goesOn(); slot += HOLE_PERIOD) {
    if (slots[slot] !== NO_BLOCK) continue;
    slots[slot] = blocks.tryTake(size);
    context.demand(slots[slot] !== NO_BLOCK, `no memory for ${size} bytes though a block of just that size was freed`);
  }
  return context.checkIn();
}

/** Frees all blocks of a thread. False when the round was stopped. */
function empty(context: WorkloadContext, stream: number): boolean {
  const first = firstSlotOf(context, stream);
  const end = first + slotsPerThread(context.threads);
  for (let slot = first; slot < end && context.goesOn(); slot++) emptySlot(context, slot);
  return context.checkIn();
}

function firstSlotOf({ threads }: WorkloadContext, stream: number): number {
  return stream * slotsPerThread(threads);
}
