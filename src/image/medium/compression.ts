/** Deflating by the platform's zlib. Browsers have none that works synchronously. */
import { requireModule } from './platform.ts';

export type Deflate = (bytes: Uint8Array) => Uint8Array;
/** Undefined if the bytes cannot be inflated to so many. */
export type Inflate = (bytes: Uint8Array, byteLength: number) => Uint8Array | undefined;

/** The fastest: heaps hold numbers and short texts, of which higher levels make little more. */
const LEVEL = 1;

/** @throws AllocatorError `UNSUPPORTED` */
export function platformDeflate(): Deflate {
  const zlib = requireModule('zlib', 'this platform has no zlib to compress an image with; save it without `compress`');
  return (bytes) => zlib.deflateRawSync(bytes, { level: LEVEL });
}

/** @throws AllocatorError `UNSUPPORTED` */
export function platformInflate(): Inflate {
  const zlib = requireModule(
    'zlib',
    'this image is compressed, and this platform has no zlib; save it without `compress`',
  );
  return (bytes, byteLength) => {
    try {
      return zlib.inflateRawSync(bytes, { maxOutputLength: byteLength });
    } catch {
      return undefined;
    }
  };
}
