/** A thread answers on a port that it was sent, with a buffer that it has made: others see what it stores there. */
import { MessagePort } from 'node:worker_threads';
import { defineScenario } from '../../../src/explore/index.ts';

interface Request {
  readonly reply: MessagePort;
}

export default defineScenario({
  threads: 2,
  setup() {
    const { port1, port2 } = new MessageChannel();
    return [port1, port2];
  },
  async thread(index, _buffer, ports) {
    const port = ports[index] as unknown as MessagePort;
    if (!(port instanceof MessagePort)) throw new Error('not a port');
    if (index === 0) {
      const { port1, port2 } = new MessageChannel();
      port.postMessage({ reply: port2 }, [port2 as never]);
      const words = await new Promise<Int32Array>((resolve) => {
        port1.addEventListener('message', ({ data }) => resolve(data as Int32Array));
      });
      Atomics.store(words, 1, 2);
      Atomics.notify(words, 1);
      return Atomics.load(words, 0);
    }
    const { reply } = await new Promise<Request>((resolve) => port.once('message', resolve));
    const words = new Int32Array(new SharedArrayBuffer(8));
    reply.postMessage(words);
    Atomics.add(words, 0, 1);
    while (Atomics.load(words, 1) === 0) Atomics.wait(words, 1, 0);
    return Atomics.load(words, 1);
  },
  check: (_buffer, { results }) => results.join(' '),
});
