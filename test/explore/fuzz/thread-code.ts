/** A thread of a program, as it runs on real memory with `Atomics`. */
import { isAsync, WORDS, type Instruction, type Program } from './program.ts';

/** Bytes at which the hash of each thread lies, behind the shared words. */
export const HASH_WORD: number = WORDS;

/** What the results of waits stand for in a hash. */
export const RESULTS: Readonly<Record<string, number>> = { ok: 101, 'not-equal': 102, 'timed-out': 103 };

/** The hash after one more result. */
export const mixed = (hash: number, value: number): number => (Math.imul(hash, 31) + value + 1) | 0;

/** What a death finds in the shared words; it goes into the hash of the thread that died. */
export const digestOf = (memory: readonly number[]): number => memory.reduce(mixed, 0);

/** Runs a thread; async ones return a promise. */
export function runThread(program: Program, index: number, words: Int32Array<SharedArrayBuffer>): void | Promise<void> {
  const instructions = program.threads[index] ?? [];
  const note = (value: number): void => {
    words[HASH_WORD + index] = mixed(words[HASH_WORD + index] ?? 0, value);
  };
  if (isAsync(instructions)) return runAsync(instructions, words, note);
  for (const instruction of instructions) execute(instruction, words, note);
}

type Note = (value: number) => void;

async function runAsync(
  instructions: readonly Instruction[],
  words: Int32Array<SharedArrayBuffer>,
  note: Note,
): Promise<void> {
  const promises: Promise<string>[] = [];
  for (const instruction of instructions) {
    if (instruction.kind === 'waitAsync') {
      const { word, value, timeout } = instruction;
      const result = Atomics.waitAsync(words, word, value, timeout ?? undefined);
      if (result.async) promises.push(result.value);
      else note(RESULTS[result.value] ?? 0);
    } else if (instruction.kind === 'await') {
      const promise = promises.shift();
      if (promise !== undefined) note(RESULTS[await promise] ?? 0);
    } else if (instruction.kind === 'delay') {
      await new Promise((resolve) => {
        setTimeout(resolve, instruction.timeout);
      });
    } else execute(instruction, words, note);
  }
}

function execute(instruction: Instruction, words: Int32Array<SharedArrayBuffer>, note: Note): void {
  switch (instruction.kind) {
    case 'load':
      return note(Atomics.load(words, instruction.word));
    case 'store':
      return void Atomics.store(words, instruction.word, instruction.value);
    case 'update':
      return note(Atomics[instruction.update](words, instruction.word, instruction.value));
    case 'compareExchange':
      return note(Atomics.compareExchange(words, instruction.word, instruction.expected, instruction.value));
    case 'wait': {
      const { word, value, timeout } = instruction;
      return note(RESULTS[Atomics.wait(words, word, value, timeout ?? undefined)] ?? 0);
    }
    case 'notify':
      return note(Atomics.notify(words, instruction.word, instruction.count ?? undefined));
    default:
      return loop(instruction, words, note);
  }
}

function loop(instruction: Instruction, words: Int32Array<SharedArrayBuffer>, note: Note): void {
  switch (instruction.kind) {
    case 'spin':
      while (Atomics.load(words, instruction.word) !== instruction.value);
      return;
    case 'spinPair': {
      const { word, value, second, secondValue } = instruction;
      while (Atomics.load(words, word) !== value && Atomics.load(words, second) !== secondValue);
      return;
    }
    case 'spinNotify':
      while (Atomics.load(words, instruction.word) !== instruction.value) Atomics.notify(words, instruction.second, 1);
      return;
    case 'spinExchange': {
      const { word, expected, value } = instruction;
      while (Atomics.compareExchange(words, word, expected, value) !== expected);
      return;
    }
    case 'poll':
      return note(poll(instruction.rounds, () => Atomics.load(words, instruction.word) === instruction.value));
    case 'pollExchange': {
      const { word, expected, value, rounds } = instruction;
      return note(poll(rounds, () => Atomics.compareExchange(words, word, expected, value) === expected));
    }
    case 'reread': {
      let sum = 0;
      for (let round = 0; round < instruction.rounds; round++) sum += Atomics.load(words, instruction.word);
      return note(sum);
    }
    default:
      throw new Error(`no loop: ${instruction.kind}`);
  }
}

/** In which round it succeeded, or one more than there are. */
function poll(rounds: number, succeeds: () => boolean): number {
  for (let round = 1; round <= rounds; round++) if (succeeds()) return round;
  return rounds + 1;
}
