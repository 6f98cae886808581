/**
 * Linear layers in two forms. `float32`: dequantised, Gemm. `4-bit`: the checkpoint's own blocks of 32 mapped **exactly** onto
 * MatMulNBits. A block holds v = s·q + o with q in 0…15; MatMulNBits without zero points computes s·(q − 8), so the missing part, Σ
 * x·(o + 8 s) over the block, is added as one small product with the block sums of x. Eight-bit blocks are two such planes, q =
 * 16·high + low. Formats that have no such form (k-quants of other widths, floats) stay float32. The form agrees with float32 to
 * 1e-4, which is tested.
 */
import type { TensorInfo } from '../checkpoint/types';
import {
  type BlockLayout,
  type Blocks,
  blockLayouts,
  blockSize,
  bytesOf,
  shared,
  stackBlocks,
  transposed,
} from './blocks';
import type { GraphBuilder, Value } from './builder';
import { add, matmul, project, reshape } from './operations';

export type WeightForm = 'float32' | '4-bit';

/** The parts of a checkpoint that the compiler needs. */
export interface TensorSource {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readRaw(name: string): Promise<Uint8Array>;
  readFloat32(name: string): Promise<Float32Array>;
}

/**
 * One or more checkpoint matrices [M_i, K], or some rows of them, stacked into one layer. Each has a constant factor folded in, and
 * its bias where the checkpoint has one (`….bias` beside `….weight`).
 */
export interface LinearSpec {
  name: string;
  parts: LinearPart[];
}

export interface LinearPart {
  tensor: string;
  factor?: number;
  /** The first row, and the one after the last; default: all. */
  rows?: readonly [number, number];
}

export interface LinearOptions {
  form: WeightForm;
  /** int8 activations (MatMulNBits accuracy level 4) instead of float32 (level 1). */
  fast: boolean;
  source: TensorSource;
}

export function linear(g: GraphBuilder, x: Value, spec: LinearSpec, options: LinearOptions): Value {
  const { inputs, outputs, layout } = sizeOf(spec, options.source);
  const product =
    options.form === '4-bit' && layout
      ? blockLinear(g, x, spec, inputs, outputs, layout, options)
      : project(g, x, floatWeight(g, spec, outputs, inputs, options.source));
  return biased(g, product, spec, outputs, options.source);
}

/** The product [N, outputs] plus the biases of the layer's parts, float32 in every form; parts without one get zeros. */
export function biased(
  g: GraphBuilder,
  product: Value,
  spec: LinearSpec,
  outputs: number,
  source: TensorSource,
): Value {
  const biasOf = ({ tensor }: LinearPart) => `${tensor.replace(/\.weight$/, '')}.bias`;
  if (!spec.parts.some((part) => source.tensors.has(biasOf(part)))) return product;
  const produce = async () => {
    const data = new Float32Array(outputs);
    let at = 0;
    for (const part of spec.parts) {
      const [from, to] = part.rows ?? [0, source.tensors.get(part.tensor)?.shape[0] ?? 0];
      const whole = source.tensors.has(biasOf(part)) ? await source.readFloat32(biasOf(part)) : new Float32Array(to);
      data.set(
        whole.subarray(from, to).map((value) => value * (part.factor ?? 1)),
        at,
      );
      at += to - from;
    }
    return new Uint8Array(data.buffer);
  };
  const name = `${spec.name}.bias`;
  return add(g, product, g.weight({ name, type: 'float32', shape: [outputs], sizeBytes: outputs * 4, produce }));
}

/**
 * A layer is [outputs, inputs]; `layout` is set only where all its parts are blocks of the same kind. Throws when a tensor is
 * missing.
 */
export function sizeOf(
  spec: LinearSpec,
  source: TensorSource,
): { inputs: number; outputs: number; layout: BlockLayout | null } {
  const infos = spec.parts.map(({ tensor }) => {
    const info = source.tensors.get(tensor);
    if (!info) throw new Error(`the tensor ${tensor} is missing`);
    return info;
  });
  const inputs = infos[0].shape[1];
  const rows = spec.parts.map((part, index) => (part.rows ? part.rows[1] - part.rows[0] : infos[index].shape[0]));
  const alike = infos.every(({ type, shape }) => type === infos[0].type && shape[1] === inputs);
  const layout = alike && inputs % blockSize === 0 ? blockLayouts[infos[0].type] : null;
  return { inputs, outputs: rows.reduce((sum, count) => sum + count, 0), layout: layout ?? null };
}

/** [outputs, inputs], dequantised. */
export function floatWeight(
  g: GraphBuilder,
  spec: LinearSpec,
  outputs: number,
  inputs: number,
  source: TensorSource,
): Value {
  const produce = async () => {
    const data = new Float32Array(outputs * inputs);
    let at = 0;
    for (const { tensor, factor = 1, rows } of spec.parts) {
      const whole = await source.readFloat32(tensor);
      const part = rows ? whole.subarray(rows[0] * inputs, rows[1] * inputs) : whole;
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
  const weight = blockWeights(g, spec, { outputs, perRow, layout, source: options.source });
  const attributes = { K: inputs, N: outputs, bits: 4, block_size: blockSize, accuracy_level: options.fast ? 4 : 1 };
  const offsets = weight('offsets', 'float32', [perRow, outputs], (w) => w.offsets);
  let sum = matmul(g, blockSums(g, x, perRow), offsets);
  for (let p = 0; p < layout.planes; p++) {
    const quants = weight(`plane${p}`, 'uint8', [outputs, perRow, blockSize / 2], (w) => w.planes[p]);
    const scales = weight(`scales${p}`, 'float32', [outputs * perRow], (w) => w.scales[p]);
    sum = add(g, sum, g.node('MatMulNBits', [x, quants, scales], { domain: 'com.microsoft', attributes })[0]);
  }
  return sum;
}

/** Turns the arrays of a layer's blocks into weights: offsets are [perRow, outputs]. */
export function blockWeights(
  g: GraphBuilder,
  spec: LinearSpec,
  { outputs, perRow, layout, source }: { outputs: number; perRow: number; layout: BlockLayout; source: TensorSource },
) {
  const load = shared(async () => {
    const raw = await stackBlocks(spec, source, layout.bytes, perRow);
    const { planes, scales, offsets } = layout.unpack(raw.bytes, raw.factors.length);
    for (const array of [...scales, offsets]) for (let i = 0; i < array.length; i++) array[i] *= raw.factors[i];
    return { planes, scales, offsets: transposed(offsets, outputs, perRow) };
  });
  return (
    suffix: string,
    type: 'float32' | 'uint8',
    shape: number[],
    pick: (blocks: Blocks) => ArrayBufferView,
  ): Value =>
    g.weight({
      name: `${spec.name}.${suffix}`,
      type,
      shape,
      sizeBytes: shape.reduce((a, b) => a * b, type === 'float32' ? 4 : 1),
      produce: async () => bytesOf(pick(await load())),
    });
}

/** Σ of each block of 32 inputs: [N, K] → [N, K/32]. */
function blockSums(g: GraphBuilder, x: Value, perRow: number): Value {
  const blocked = reshape(g, x, g.ints(0, perRow, blockSize));
  return g.node('ReduceSum', [blocked, g.ints(2)], { attributes: { keepdims: 0 } })[0];
}
