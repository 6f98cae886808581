/**
 * Linear layers in two forms. `float32`: dequantised, Gemm. `4-bit`: the checkpoint's own blocks of 32 mapped **exactly** onto
 * MatMulNBits. A block holds v = s·q + o with q in 0…15; MatMulNBits without zero points computes s·(q − 8), so what is missing,
 * Σ x·(o + 8 s) over the block, is added as one small product with the block sums of x. Eight-bit blocks are two such planes,
 * q = 16·high + low. Formats with no such form (k-quants of other widths, floats) stay float32. Checked against float32 to 1e-4.
 */
import type { StorageType, TensorInfo } from '../checkpoint/types';
import type { GraphBuilder, Value } from './builder';
import { add, matmul, project, reshape } from './operations';

export type WeightForm = 'float32' | '4-bit';

/** What the compiler needs of a checkpoint. */
export interface TensorSource {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readRaw(name: string): Promise<Uint8Array>;
  readFloat32(name: string): Promise<Float32Array>;
}

/** One or more checkpoint matrices [M_i, K] stacked into one layer, each with a constant factor folded in. */
export interface LinearSpec {
  name: string;
  parts: { tensor: string; factor?: number }[];
}

export interface LinearOptions {
  form: WeightForm;
  /** int8 activations (MatMulNBits accuracy level 4) instead of float32 (level 1). */
  fast: boolean;
  source: TensorSource;
}

const blockSize = 32;

/** Blocks of 32 as v = scale·q + offset; `planes` of 4 bits, highest first, each with the factor of its scale. */
interface BlockLayout {
  bytes: number;
  planes: number;
  unpack(raw: Uint8Array, blocks: number): { planes: Uint8Array[]; scales: Float32Array[]; offsets: Float32Array };
}

const layouts: Partial<Record<StorageType, BlockLayout>> = {
  Q4_0: { bytes: 18, planes: 1, unpack: (raw, blocks) => unpackNibbles(raw, blocks, 18, false) },
  Q4_1: { bytes: 20, planes: 1, unpack: (raw, blocks) => unpackNibbles(raw, blocks, 20, true) },
  Q8_0: { bytes: 34, planes: 2, unpack: unpackBytes },
};

export function linear(g: GraphBuilder, x: Value, spec: LinearSpec, options: LinearOptions): Value {
  const parts = spec.parts.map((part) => {
    const info = options.source.tensors.get(part.tensor);
    if (!info) throw new Error(`the tensor ${part.tensor} is missing`);
    return info;
  });
  const inputs = parts[0].shape[1];
  const outputs = parts.reduce((sum, part) => sum + part.shape[0], 0);
  const layout = layouts[parts[0].type];
  const alike = parts.every((part) => part.type === parts[0].type && part.shape[1] === inputs);
  if (options.form === '4-bit' && layout && alike && inputs % blockSize === 0)
    return blockLinear(g, x, spec, inputs, outputs, layout, options);
  return project(g, x, floatWeight(g, spec, outputs, inputs, options.source));
}

function floatWeight(g: GraphBuilder, spec: LinearSpec, outputs: number, inputs: number, source: TensorSource): Value {
  const produce = async () => {
    const data = new Float32Array(outputs * inputs);
    let at = 0;
    for (const { tensor, factor = 1 } of spec.parts) {
      const part = await source.readFloat32(tensor);
      data.set(factor === 1 ? part : part.map((value) => value * factor), at);
      at += part.length;
    }
    return new Uint8Array(data.buffer);
  };
  return g.weight({
    name: spec.name,
    type: 'float32',
    shape: [outputs, inputs],
    sizeBytes: outputs * inputs * 4,
    produce,
  });
}

function blockLinear(
  g: GraphBuilder,
  x: Value,
  spec: LinearSpec,
  inputs: number,
  outputs: number,
  layout: BlockLayout,
  options: LinearOptions,
): Value {
  const perRow = inputs / blockSize;
  const blocks = outputs * perRow;
  const load = shared(async () => {
    const raw = await stack(spec, options.source, layout.bytes, perRow);
    const { planes, scales, offsets } = layout.unpack(raw.bytes, blocks);
    for (const array of [...scales, offsets]) for (let i = 0; i < blocks; i++) array[i] *= raw.factors[i];
    return { planes, scales, offsets: transposed(offsets, outputs, perRow) };
  });
  const weight = (suffix: string, type: 'float32' | 'uint8', shape: number[], pick: (w: Loaded) => ArrayBufferView) =>
    g.weight({
      name: `${spec.name}.${suffix}`,
      type,
      shape,
      sizeBytes: shape.reduce((a, b) => a * b, type === 'float32' ? 4 : 1),
      produce: async () => bytesOf(pick(await load())),
    });

  const attributes = { K: inputs, N: outputs, bits: 4, block_size: blockSize, accuracy_level: options.fast ? 4 : 1 };
  const offsets = weight('offsets', 'float32', [perRow, outputs], (w) => w.offsets);
  let sum = matmul(g, blockSums(g, x, perRow), offsets);
  for (let p = 0; p < layout.planes; p++) {
    const quants = weight(`plane${p}`, 'uint8', [outputs, perRow, blockSize / 2], (w) => w.planes[p]);
    const scales = weight(`scales${p}`, 'float32', [blocks], (w) => w.scales[p]);
    sum = add(g, sum, g.node('MatMulNBits', [x, quants, scales], { domain: 'com.microsoft', attributes })[0]);
  }
  return sum;
}

type Loaded = { planes: Uint8Array[]; scales: Float32Array[]; offsets: Float32Array };

/** Σ of each block of 32 inputs: [N, K] → [N, K/32]. */
function blockSums(g: GraphBuilder, x: Value, perRow: number): Value {
  const blocked = reshape(g, x, g.ints(0, perRow, blockSize));
  return g.node('ReduceSum', [blocked, g.ints(2)], { attributes: { keepdims: 0 } })[0];
}

async function stack(spec: LinearSpec, source: TensorSource, blockBytes: number, perRow: number) {
  const raws: { bytes: Uint8Array; factor: number }[] = [];
  for (const { tensor, factor = 1 } of spec.parts) raws.push({ bytes: await source.readRaw(tensor), factor });
  const total = raws.reduce((sum, raw) => sum + raw.bytes.length, 0);
  const bytes = new Uint8Array(total);
  const factors = new Float32Array(total / blockBytes);
  let at = 0;
  for (const raw of raws) {
    bytes.set(raw.bytes, at);
    factors.fill(raw.factor, at / blockBytes, (at + raw.bytes.length) / blockBytes);
    at += raw.bytes.length;
  }
  if (factors.length % perRow !== 0) throw new Error(`the blocks of ${spec.name} do not fill its rows`);
  return { bytes, factors };
}

/** ggml keeps input i and i + 16 in one byte, MatMulNBits inputs 2i and 2i + 1. Offsets include the missing 8·s. */
function unpackNibbles(raw: Uint8Array, blocks: number, blockBytes: number, hasMinimum: boolean): Loaded {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const plane = new Uint8Array(blocks * 16);
  const scales = new Float32Array(blocks);
  const offsets = new Float32Array(blocks);
  for (let b = 0; b < blocks; b++) {
    const at = b * blockBytes;
    scales[b] = halfToFloat(view.getUint16(at, true));
    // Q4_0 is s·(q − 8), just what MatMulNBits computes.
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

/** Q8_0: s·q with q in −128…127 = s·(16·high + low), high in −8…7 and low in 0…15; low is stored about 8, so 8·s is missing. */
function unpackBytes(raw: Uint8Array, blocks: number): Loaded {
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

/** IEEE half → float, subnormals included. */
function halfToFloat(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  return out;
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Several weights come from one reading of the checkpoint; the last one written lets the memory go. */
function shared(read: () => Promise<Loaded>): () => Promise<Loaded> {
  let pending: WeakRef<Promise<Loaded>> | null = null;
  return () => {
    const known = pending?.deref();
    if (known) return known;
    const fresh = read();
    pending = new WeakRef(fresh);
    return fresh;
  };
}
