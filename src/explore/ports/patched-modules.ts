/**
 * `node:worker_threads` as modules, `setup` and threads get it: channels are virtual, and what would leave the explorer's
 * control is refused, with the line.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { userPosition } from '../trace/position.ts';
import { VirtualPort } from './port.ts';

/** What replaced members need of the worker. */
export interface Modules {
  /** Whether code under test runs, and not the explorer or a module that is imported. */
  readonly inside: () => boolean;
  /** Both ends of a new channel. */
  readonly makeChannel: () => readonly [VirtualPort, VirtualPort];
  /** Ends the exploration: the scenario cannot be explored. */
  readonly refuse: (message: string) => void;
}

type Constructor = new (...given: unknown[]) => object;

/** Replaces the members, also for modules that have imported them already. */
export function patchModules(modules: Modules): void {
  const threads = createRequire(import.meta.url)('node:worker_threads') as Record<string, unknown>;
  const { MessageChannel: NativeChannel, receiveMessageOnPort: receive } = threads;
  const channel = new Proxy(NativeChannel as Constructor, {
    construct(target, given): object {
      if (!modules.inside()) return Reflect.construct<unknown[], object>(target, given);
      const [port1, port2] = modules.makeChannel();
      return { port1, port2 };
    },
  });
  threads['receiveMessageOnPort'] = (port: unknown): unknown =>
    port instanceof VirtualPort ? port.receive() : (receive as (given: unknown) => unknown)(port);
  threads['MessageChannel'] = channel;
  Object.defineProperty(globalThis, 'MessageChannel', { value: channel, writable: true, configurable: true });
  for (const name of ['Worker', 'BroadcastChannel']) {
    const refused = refusing(name, threads[name] as Constructor, modules);
    threads[name] = refused;
    if (name in globalThis)
      Object.defineProperty(globalThis, name, { value: refused, writable: true, configurable: true });
  }
  // The engine's own, which it has taken for itself before.
  threads['parentPort'] = null;
  threads['workerData'] = null;
  syncBuiltinESMExports();
}

const INSTEAD: Readonly<Record<string, string>> = {
  Worker: 'the threads of a scenario are its `thread` function; let what this worker would run be one of them',
  BroadcastChannel: 'let `setup` return the ports of a MessageChannel',
};

function refusing(name: string, native: Constructor, modules: Modules): Constructor {
  return new Proxy(native, {
    construct(target, given, newTarget): object {
      if (!modules.inside()) return Reflect.construct(target, given, newTarget) as object;
      const place = userPosition();
      const message = `new ${name}() cannot be explored${place === '' ? '' : ` (${place})`}: ${INSTEAD[name] ?? ''}`;
      modules.refuse(message);
      throw new TypeError(message);
    },
  });
}
