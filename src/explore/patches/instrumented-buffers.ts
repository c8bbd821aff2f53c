/**
 * Built-ins that read or write shared bytes without a view of the global constructors: `Buffer.from` over a buffer under
 * test makes an instrumented view, and the encoder and decoder of text report the bytes that they touch.
 */
import { proxyOfArray } from './instrumented-views.ts';
import type { PlainAccess } from './plain-access.ts';
import { unwrapped } from '../buffers/proxied-views.ts';
import type { ThreadContext } from './thread-context.ts';

type From = (...given: unknown[]) => Buffer;
type EncodeInto = (source: string, target: Uint8Array) => { read: number; written: number };
type Decode = (input?: unknown, options?: object) => string;

/** Replaces them. */
export function patchBufferBuiltIns(context: ThreadContext, access: PlainAccess): void {
  const from = Buffer.from.bind(Buffer) as From;
  const replacement: From = (...given) => {
    const made = from(...given.map(unwrapped));
    return context.buffers.baseOf(made.buffer) >= 0 ? (proxyOfArray(made, access) as Buffer) : made;
  };
  Object.defineProperty(Buffer, 'from', { value: replacement, writable: true, configurable: true });
  patchText(access);
}

function patchText(access: PlainAccess): void {
  // oxlint-disable-next-line typescript/unbound-method -- they are applied to an encoder or decoder at each call
  const [encodeInto, decode] = [TextEncoder.prototype.encodeInto, TextDecoder.prototype.decode as Decode];
  const encode: EncodeInto = function encodeIntoSeen(this: TextEncoder, source, target) {
    const view = unwrapped(target);
    if (view === target || !access.active) return Reflect.apply(encodeInto, this, [source, view]);
    // How much it writes is known from writing to a private copy.
    const { written } = Reflect.apply(encodeInto, this, [source, new Uint8Array(view.length)]);
    let result = { read: 0, written: 0 };
    const perform = (): undefined => void (result = Reflect.apply(encodeInto, this, [source, view]));
    if (written > 0) access.write(access.addressOf(view, 0), written, perform);
    else perform();
    return result;
  };
  const decodeSeen: Decode = function decodeSeen(this: TextDecoder, input, options) {
    const view = unwrapped(input);
    const perform = (): string => Reflect.apply(decode, this, [view, options]);
    if (view === input || !ArrayBuffer.isView(view) || view.byteLength === 0 || !access.active) return perform();
    return access.read(access.addressOf(view, 0), view.byteLength, perform);
  };
  Object.defineProperty(TextEncoder.prototype, 'encodeInto', { value: encode, writable: true, configurable: true });
  Object.defineProperty(TextDecoder.prototype, 'decode', { value: decodeSeen, writable: true, configurable: true });
}
