/** Messages arrive in the order in which they were posted; one that `setup` posted comes first, in every schedule. */
import { receiveMessageOnPort } from 'node:worker_threads';
import { defineScenario } from '../../../src/explore/index.ts';

export default defineScenario({
  threads: 2,
  setup() {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage('of setup');
    return { ports: [port1, port2], signal: new Int32Array(new SharedArrayBuffer(4)) };
  },
  thread(index, _buffer, { ports, signal }) {
    const port = ports[index];
    if (index === 0) {
      port.postMessage({ first: new Map([[1, 'one']]) });
      port.postMessage('second');
      Atomics.store(signal, 0, 1);
      Atomics.notify(signal, 0);
      return '';
    }
    const early = receiveMessageOnPort(port as never);
    const looked = receiveMessageOnPort(port as never) === undefined ? 'none yet' : 'one';
    Atomics.wait(signal, 0, 0);
    const rest: string[] = [];
    for (let got = receiveMessageOnPort(port as never); got !== undefined; got = receiveMessageOnPort(port as never)) {
      rest.push(JSON.stringify(got.message));
    }
    return `${early?.message}, ${looked}, then ${rest.join(' ')}`;
  },
  check: (_buffer, { results }) => results[1],
});
