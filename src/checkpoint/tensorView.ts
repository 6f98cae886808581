/**
 * Our tensors as parts of a file's: some rows of it, turned, in another order, or with 1 added. Rows of quantised tensors are moved
 * unchanged, as whole rows.
 */
import { storageFormats } from './dequantise/dequantise';
import type { StorageType, TensorInfo } from './types';

export interface TensorView {
  /** Ranges [from, to) of rows, one behind another; default: all. They count in the matrix as it is after turning. */
  rows?: readonly (readonly [number, number])[];
  /** Stored as [inputs, outputs]; a vector stays as it is. */
  transposed?: boolean;
  /** Each head's rows are stored for a rotation of neighbouring channels: row 2i + side where ours is side · half + i. */
  neighbours?: { heads: number };
  /** Stored as w where the norm multiplies by 1 + w. */
  plusOne?: boolean;
}

/** One of our tensors, and where it comes from; `S`: what is known of a stored tensor. */
export interface SeenTensor<S extends TensorInfo> extends TensorInfo {
  stored: S;
  view: TensorView;
}

/** What a view of a stored tensor looks like. */
export function viewedInfo(name: string, { type, shape }: TensorInfo, view: TensorView): TensorInfo {
  const turned = view.transposed && shape.length === 2 ? [shape[1], shape[0]] : shape;
  const rows = view.rows?.reduce((sum, [from, to]) => sum + to - from, 0) ?? turned[0];
  const seen: StorageType = view.plusOne ? 'F32' : type;
  const { blockWeights, blockBytes } = storageFormats[seen];
  const own = [rows, ...turned.slice(1)];
  return { name, type: seen, shape: own, sizeBytes: (own.reduce((a, b) => a * b, 1) / blockWeights) * blockBytes };
}

/** The view's bytes; `raw` are the stored tensor's. Returns `raw` itself where nothing changes. */
export function viewed(raw: Uint8Array, stored: TensorInfo, view: TensorView): Uint8Array {
  const matrix = view.transposed && stored.shape.length === 2;
  const turned = matrix ? transposedBytes(raw, stored) : raw;
  const rowCount = matrix ? stored.shape[1] : stored.shape[0];
  const chosen = view.rows ? rowsOf(turned, turned.length / rowCount, view.rows) : turned;
  const count = view.rows?.reduce((sum, [from, to]) => sum + to - from, 0) ?? rowCount;
  const ordered = view.neighbours ? undoRotaryOrder(chosen, view.neighbours.heads, count) : chosen;
  return view.plusOne ? plusOne(ordered, stored.type) : ordered;
}

function rowsOf(raw: Uint8Array, rowBytes: number, ranges: readonly (readonly [number, number])[]): Uint8Array {
  if (ranges.length === 1) return raw.subarray(ranges[0][0] * rowBytes, ranges[0][1] * rowBytes);
  const out = new Uint8Array(ranges.reduce((sum, [from, to]) => sum + to - from, 0) * rowBytes);
  let at = 0;
  for (const [from, to] of ranges) {
    out.set(raw.subarray(from * rowBytes, to * rowBytes), at);
    at += (to - from) * rowBytes;
  }
  return out;
}

function transposedBytes(raw: Uint8Array, { shape: [rows, columns], type }: TensorInfo): Uint8Array {
  const { blockWeights, blockBytes } = storageFormats[type];
  if (blockWeights !== 1) throw new Error(`a tensor of ${type} cannot be turned`);
  const turn = <A extends Uint16Array | Uint32Array>(from: A, to: A): A => {
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c];
    return to;
  };
  const own = raw.slice().buffer;
  const out =
    blockBytes === 2
      ? turn(new Uint16Array(own), new Uint16Array(rows * columns))
      : turn(new Uint32Array(own), new Uint32Array(rows * columns));
  return new Uint8Array(out.buffer);
}

function plusOne(raw: Uint8Array, type: StorageType): Uint8Array {
  const { blockBytes, dequantise } = storageFormats[type];
  const out = new Float32Array(raw.length / blockBytes);
  dequantise(raw, out);
  for (let i = 0; i < out.length; i++) out[i] += 1;
  return new Uint8Array(out.buffer);
}

/**
 * llama.cpp rotates neighbouring channels, Hugging Face channel i with channel i + half: its converter stores row 2i + side
 * where Hugging Face has side · half + i (convert_hf_to_gguf.py, LlamaModel.permute).
 */
export function undoRotaryOrder(raw: Uint8Array, heads: number, rows: number): Uint8Array {
  const rowBytes = raw.length / rows;
  const half = rows / heads / 2;
  const out = new Uint8Array(raw.length);
  for (let row = 0; row < rows; row++) {
    const inHead = row % (2 * half);
    const stored = row - inHead + 2 * (inHead % half) + Math.floor(inHead / half);
    out.set(raw.subarray(stored * rowBytes, (stored + 1) * rowBytes), row * rowBytes);
  }
  return out;
}
