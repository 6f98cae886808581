/**
 * Brings blocks of 32 weights from the form a checkpoint stores into the forms MatMulNBits reads. A block holds v = scale·q +
 * offset; the weights are `planes` of 4 bits, q − 8 each, highest first, or whole bytes, q − 128.
 */
import type { StorageType } from '../checkpoint/types';
import type { LinearSpec, TensorSource } from './linear';

export const blockSize = 32;

export interface Blocks {
  planes: Uint8Array[];
  /** One array for each plane, [blocks]. */
  scales: Float32Array[];
  /** [blocks] */
  offsets: Float32Array;
}

export interface BlockLayout {
  bytes: number;
  planes: number;
  /** Whether the offsets are 0 with one plane. */
  centred: boolean;
  unpack(raw: Uint8Array, blocks: number): Blocks;
}

/** Formats that 4-bit planes hold exactly. */
export const blockLayouts: Partial<Record<StorageType, BlockLayout>> = {
  Q4_0: { bytes: 18, planes: 1, centred: true, unpack: (raw, blocks) => unpackNibbles(raw, blocks, 18, false) },
  Q4_1: { bytes: 20, planes: 1, centred: false, unpack: (raw, blocks) => unpackNibbles(raw, blocks, 20, true) },
  Q8_0: { bytes: 34, planes: 2, centred: false, unpack: unpackBytes },
};

/** The blocks of a layer's rows, stacked, and the factor of each. */
export async function stackBlocks(
  spec: LinearSpec,
  source: TensorSource,
  blockBytes: number,
  perRow: number,
): Promise<{ bytes: Uint8Array; factors: Float32Array }> {
  const known = new Map<string, Uint8Array>();
  const pieces: { bytes: Uint8Array; factor: number }[] = [];
  for (const { tensor, factor = 1, rows } of spec.parts) {
    const raw = known.get(tensor) ?? (await source.readRaw(tensor));
    known.set(tensor, raw);
    const rowBytes = perRow * blockBytes;
    pieces.push({ bytes: rows ? raw.subarray(rows[0] * rowBytes, rows[1] * rowBytes) : raw, factor });
  }
  const total = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
  const bytes = new Uint8Array(total);
  const factors = new Float32Array(total / blockBytes);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece.bytes, at);
    factors.fill(piece.factor, at / blockBytes, (at + piece.bytes.length) / blockBytes);
    at += piece.bytes.length;
  }
  if (factors.length % perRow !== 0) throw new Error(`the blocks of ${spec.name} do not fill its rows`);
  return { bytes, factors };
}

/** ggml keeps inputs i and i + 16 in one byte, MatMulNBits inputs 2i and 2i + 1. Offsets include the missing 8·s. */
function unpackNibbles(raw: Uint8Array, blocks: number, blockBytes: number, hasMinimum: boolean): Blocks {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const plane = new Uint8Array(blocks * 16);
  const scales = new Float32Array(blocks);
  const offsets = new Float32Array(blocks);
  for (let b = 0; b < blocks; b++) {
    const at = b * blockBytes;
    scales[b] = halfToFloat(view.getUint16(at, true));
    // Q4_0 is s·(q − 8), which is exactly what MatMulNBits computes.
    offsets[b] = hasMinimum ? halfToFloat(view.getUint16(at + 2, true)) + 8 * scales[b] : 0;
    const quants = at + blockBytes - 16;
    for (let i = 0; i < 8; i++) {
      const first = raw[quants + 2 * i];
      const second = raw[quants + 2 * i + 1];
      plane[b * 16 + i] = (first & 15) | ((second & 15) << 4);
      plane[b * 16 + 8 + i] = (first >> 4) | (second & 0xf0);
    }
  }
  return { planes: [plane], scales: [scales], offsets };
}

/** Q8_0: s·q with q in −128…127 = s·(16·high + low), high in −8…7 and low in 0…15; low is stored centred on 8, so 8·s is missing. */
function unpackBytes(raw: Uint8Array, blocks: number): Blocks {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const high = new Uint8Array(blocks * 16);
  const low = new Uint8Array(blocks * 16);
  const highScales = new Float32Array(blocks);
  const lowScales = new Float32Array(blocks);
  const offsets = new Float32Array(blocks);
  for (let b = 0; b < blocks; b++) {
    const scale = halfToFloat(view.getUint16(b * 34, true));
    highScales[b] = 16 * scale;
    lowScales[b] = scale;
    offsets[b] = 8 * scale;
    for (let i = 0; i < 16; i++) {
      const first = view.getInt8(b * 34 + 2 + 2 * i);
      const second = view.getInt8(b * 34 + 3 + 2 * i);
      high[b * 16 + i] = ((first >> 4) + 8) | (((second >> 4) + 8) << 4);
      low[b * 16 + i] = (first & 15) | ((second & 15) << 4);
    }
  }
  return { planes: [high, low], scales: [highScales, lowScales], offsets };
}

/** Q8_0 as one plane of bytes q + 128, without offsets. */
export function wholeBytes(raw: Uint8Array, blocks: number): { bytes: Uint8Array; scales: Float32Array } {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const bytes = new Uint8Array(blocks * blockSize);
  const scales = new Float32Array(blocks);
  for (let b = 0; b < blocks; b++) {
    scales[b] = halfToFloat(view.getUint16(b * 34, true));
    for (let i = 0; i < blockSize; i++) bytes[b * blockSize + i] = raw[b * 34 + 2 + i] ^ 0x80;
  }
  return { bytes, scales };
}

/** IEEE half → float, subnormals included. */
function halfToFloat(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  return out;
}

export const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Several weights come from one reading of the checkpoint; its memory is freed when the last of them has been written. */
export function shared<T extends object>(read: () => Promise<T>): () => Promise<T> {
  let pending: WeakRef<Promise<T>> | null = null;
  return () => {
    const known = pending?.deref();
    if (known) return known;
    const fresh = read();
    pending = new WeakRef(fresh);
    return fresh;
  };
}
