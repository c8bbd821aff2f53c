/** One thread of a program on real memory, again and again. The first also lays the memory out and notes the outcomes. */
import { parentPort, workerData } from 'node:worker_threads';
import { numbers, WORDS, type Program } from './program.ts';
import { runThread } from './thread-code.ts';

/** Words by which the threads keep together. */
const [ROUND, ARRIVED] = [0, 1];
/** The longest pause before a thread begins, so that they meet in other ways each time. */
const PAUSES = 60;

interface Job {
  readonly program: Program;
  readonly index: number;
  readonly runs: number;
  readonly memory: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}

const { program, index, runs, memory, control } = workerData as Job;
const threads = program.threads.length;
const words = new Int32Array(memory);
const together = new Int32Array(control);
const draw = numbers(index + 1);
const outcomes = new Set<string>();

for (let run = 1; run <= runs; run++) {
  if (index === 0) begin(run);
  else waitFor(ROUND, run);
  for (let pause = draw(PAUSES); pause > 0; pause--) Atomics.load(together, ROUND);
  void runThread(program, index, words);
  Atomics.add(together, ARRIVED, 1);
  Atomics.notify(together, ARRIVED);
  if (index === 0) end(run);
}
parentPort?.postMessage([...outcomes]);

function begin(run: number): void {
  words.fill(0);
  Atomics.store(together, ROUND, run);
  Atomics.notify(together, ROUND);
}

function end(run: number): void {
  waitFor(ARRIVED, run * threads);
  outcomes.add(
    `${program.seed}: ${words.subarray(0, WORDS).join(' ')} | ${words.subarray(WORDS, WORDS + threads).join(' ')}`,
  );
}

/** Waits until a word has come to a value. */
function waitFor(word: number, value: number): void {
  for (let found = Atomics.load(together, word); found < value; found = Atomics.load(together, word)) {
    Atomics.wait(together, word, found);
  }
}
