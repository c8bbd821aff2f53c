/**
 * Single numbers in blocks, checked like `read` and `write` but without a copy. They have the byte order of the machine,
 * as typed arrays do, and may lie at any address.
 *
 * One standing view covers the memory; it has a fixed length (one that tracks a growing buffer is ten times slower), so
 * it is made anew when an address lies beyond it.
 */
import { MemoryManagerInterface } from '../memory-manager-interface.ts';

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The number that a value is converted to: if it is an object that runs code of the user's, before anything is checked. */
const converted = (value: number): number => value - 0;

/** A memory manager that reads and writes single numbers. */
export abstract class ScalarAccess extends MemoryManagerInterface {
  #memory: DataView<SharedArrayBuffer>;

  protected constructor(buffer: SharedArrayBuffer) {
    super();
    this.#memory = new DataView(buffer, 0, buffer.byteLength);
  }

  /**
   * @internal
   * @throws AllocatorError `INVALID_ADDRESS` or `OUT_OF_BOUNDS` unless the bytes lie in one live block
   */
  protected abstract requireRange(address: number, byteLength: number): void;

  /** The memory, once it is known that these bytes are a live block's. */
  #at(address: number, byteLength: number): DataView<SharedArrayBuffer> {
    this.requireRange(address, byteLength);
    if (address + byteLength > this.#memory.byteLength) this.#renew();
    return this.#memory;
  }

  #renew(): void {
    const { buffer } = this.#memory;
    this.#memory = new DataView(buffer, 0, buffer.byteLength);
  }

  /**
   * The signed whole number of 8 bits at `address`, which may lie anywhere inside a live block. This and all that follow throw the
   * same.
   *
   * @throws AllocatorError `INVALID_ADDRESS`, `OUT_OF_BOUNDS` or `DETACHED`
   */
  getInt8(address: number): number {
    return this.#at(address, 1).getInt8(address);
  }

  /** Writes a signed whole number of 8 bits to `address`, converted as typed arrays convert. */
  setInt8(address: number, value: number): void {
    const number = converted(value);
    this.#at(address, 1).setInt8(address, number);
  }

  /** The whole number of 8 bits at `address`. */
  getUint8(address: number): number {
    return this.#at(address, 1).getUint8(address);
  }

  /** Writes a whole number of 8 bits to `address`. */
  setUint8(address: number, value: number): void {
    const number = converted(value);
    this.#at(address, 1).setUint8(address, number);
  }

  /** The signed whole number of 16 bits at `address`. */
  getInt16(address: number): number {
    return this.#at(address, 2).getInt16(address, IS_LITTLE_ENDIAN);
  }

  /** Writes a signed whole number of 16 bits to `address`. */
  setInt16(address: number, value: number): void {
    const number = converted(value);
    this.#at(address, 2).setInt16(address, number, IS_LITTLE_ENDIAN);
  }

  /** The whole number of 16 bits at `address`. */
  getUint16(address: number): number {
    return this.#at(address, 2).getUint16(address, IS_LITTLE_ENDIAN);
  }

  /** Writes a whole number of 16 bits to `address`. */
  setUint16(address: number, value: number): void {
    const number = converted(value);
    this.#at(address, 2).setUint16(address, number, IS_LITTLE_ENDIAN);
  }

  /** The signed whole number of 32 bits at `address`. */
  getInt32(address: number): number {
    return this.#at(address, 4).getInt32(address, IS_LITTLE_ENDIAN);
  }

  /** Writes a signed whole number of 32 bits to `address`. */
  setInt32(address: number, value: number): void {
    const number = converted(value);
    this.#at(address, 4).setInt32(address, number, IS_LITTLE_ENDIAN);
  }

  /** The whole number of 32 bits at `address`. */
  getUint32(address: number): number {
    return this.#at(address, 4).getUint32(address, IS_LITTLE_ENDIAN);
  }

  /** Writes a whole number of 32 bits to `address`. */
  setUint32(address: number, value: number): void {
    const number = converted(value);
    this.#at(address, 4).setUint32(address, number, IS_LITTLE_ENDIAN);
  }

  /** The floating-point number of 32 bits at `address`. */
  getFloat32(address: number): number {
    return this.#at(address, 4).getFloat32(address, IS_LITTLE_ENDIAN);
  }

  /** Writes a floating-point number of 32 bits to `address`. */
  setFloat32(address: number, value: number): void {
    const number = converted(value);
    this.#at(address, 4).setFloat32(address, number, IS_LITTLE_ENDIAN);
  }

  /** The floating-point number of 64 bits at `address`. */
  getFloat64(address: number): number {
    return this.#at(address, 8).getFloat64(address, IS_LITTLE_ENDIAN);
  }

  /** Writes a floating-point number of 64 bits to `address`. */
  setFloat64(address: number, value: number): void {
    const number = converted(value);
    this.#at(address, 8).setFloat64(address, number, IS_LITTLE_ENDIAN);
  }

  /** The signed whole number of 64 bits at `address`. */
  getBigInt64(address: number): bigint {
    return this.#at(address, 8).getBigInt64(address, IS_LITTLE_ENDIAN);
  }

  /** Writes a signed whole number of 64 bits to `address`. */
  setBigInt64(address: number, value: bigint): void {
    const number = BigInt.asIntN(64, value);
    this.#at(address, 8).setBigInt64(address, number, IS_LITTLE_ENDIAN);
  }

  /** The whole number of 64 bits at `address`. */
  getBigUint64(address: number): bigint {
    return this.#at(address, 8).getBigUint64(address, IS_LITTLE_ENDIAN);
  }

  /** Writes a whole number of 64 bits to `address`. */
  setBigUint64(address: number, value: bigint): void {
    const number = BigInt.asUintN(64, value);
    this.#at(address, 8).setBigUint64(address, number, IS_LITTLE_ENDIAN);
  }
}
