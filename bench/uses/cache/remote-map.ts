/** A Map that the main thread holds; workers ask for values and set them by messages. */
import { parentPort, type Worker } from 'node:worker_threads';
import type { Cache } from './cache.ts';
import type { JsonValue } from './json-values.ts';

interface Question {
  readonly number: number;
  readonly key: string;
  readonly value?: JsonValue;
}

interface Answer {
  readonly number: number;
  readonly value: JsonValue | undefined;
}

/** Answers the questions of a worker from a map. */
export function serveMap(worker: Worker, map: Map<string, JsonValue>): void {
  worker.on('message', (question: Question) => {
    if (typeof question !== 'object') return;
    const { number, key, value } = question;
    if (value !== undefined) map.set(key, value);
    worker.postMessage({ number, value: value === undefined ? map.get(key) : undefined } satisfies Answer);
  });
}

/** The worker's side. */
export class RemoteMap implements Cache {
  readonly #waiting = new Map<number, (value: JsonValue | undefined) => void>();
  #number = 0;

  constructor() {
    parentPort!.on('message', (answer: Answer) => {
      if (typeof answer !== 'object') return;
      this.#waiting.get(answer.number)!(answer.value);
      this.#waiting.delete(answer.number);
    });
  }

  get(key: string): Promise<JsonValue | undefined> {
    return this.#ask({ number: this.#number++, key });
  }

  async set(key: string, value: JsonValue): Promise<void> {
    await this.#ask({ number: this.#number++, key, value });
  }

  #ask(question: Question): Promise<JsonValue | undefined> {
    return new Promise((resolve) => {
      this.#waiting.set(question.number, resolve);
      parentPort!.postMessage(question);
    });
  }
}
