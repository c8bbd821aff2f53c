/**
 * The layout of one heap, read from its header: typed views of the metadata and the conversions between addresses
 * and units. Views have a fixed length (views that track a growing buffer are ten times slower) and cover only
 * metadata, which never moves; growth concerns user bytes alone.
 */
import { Header, placeRegions, type Region, type Regions } from './regions.ts';
import { BYTES_PER_WORD, byteOffsetOf, type ByteAddress, type Unit } from './units.ts';

/** Everything about a heap that is fixed at its creation. */
export class Layout {
  readonly buffer: SharedArrayBuffer;
  readonly regions: Regions;
  /** All metadata words from the start of the buffer. */
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly unitBytes: number;
  readonly unitLimit: number;
  readonly maxThreads: number;
  /** `Option` bits. */
  readonly options: number;
  /** Byte address of the first unit. */
  readonly base: number;

  constructor(buffer: SharedArrayBuffer) {
    const header = new Int32Array(buffer, 0, Header.END);
    this.buffer = buffer;
    this.unitBytes = header[Header.UNIT_BYTES]!;
    this.unitLimit = header[Header.UNIT_LIMIT]!;
    this.maxThreads = header[Header.MAX_THREADS]!;
    this.options = header[Header.OPTIONS]!;
    this.regions = placeRegions(this);
    this.base = this.regions.base;
    this.words = new Int32Array(buffer, 0, this.base / BYTES_PER_WORD);
  }

  /** A view of one region, so that its index 0 is the region's first word. */
  viewOf(region: Region): Int32Array<SharedArrayBuffer> {
    return new Int32Array(this.buffer, byteOffsetOf(region.start), region.wordCount);
  }

  /** Units that hold `byteLength` bytes; at least one. */
  unitsFor(byteLength: number): number {
    return byteLength <= this.unitBytes ? 1 : Math.ceil(byteLength / this.unitBytes);
  }

  bytesOf(unitCount: number): number {
    return unitCount * this.unitBytes;
  }

  addressOf(unit: Unit): ByteAddress {
    return (this.base + unit * this.unitBytes) as ByteAddress;
  }

  /** The unit that holds the byte at `address`, which must not lie before the first unit. */
  unitAt(address: number): Unit {
    return Math.floor((address - this.base) / this.unitBytes) as Unit;
  }
}
