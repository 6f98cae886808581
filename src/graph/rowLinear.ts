/**
 * Linear layers on one row, as a step of a generation needs them: the only costs are reading the weights from memory and the number
 * of nodes. The numbers are the same as those of linear.ts: the correction by block sums becomes the bias of MatMulNBits, and
 * eight-bit blocks stay whole bytes. Whole bytes have a kernel for int8 activations only, so the exact form splits x into three
 * rows x = a + b + c, with a and b on the grid to which the kernel rounds each block of 32: a and b pass unrounded, and c loses
 * 2⁻²⁴ of the block.
 */
import { blockSize, bytesOf, shared, stackBlocks, wholeBytes } from './blocks';
import type { GraphBuilder, Value } from './builder';
import {
  biased,
  blockWeights,
  floatWeight,
  type LinearOptions,
  type LinearSpec,
  sizeOf,
  type TensorSource,
} from './linear';
import { concat, matmul, multiply, project, reshape } from './operations';

export type RowOptions = Pick<LinearOptions, 'fast' | 'source'>;

interface Sizes {
  inputs: number;
  outputs: number;
}

/** x [1, K] → x Wᵀ and the bias, [1, M]. */
export function rowLinear(g: GraphBuilder, x: Value, spec: LinearSpec, options: RowOptions): Value {
  const { outputs } = sizeOf(spec, options.source);
  return biased(g, rowProduct(g, x, spec, options), spec, outputs, options.source);
}

function rowProduct(g: GraphBuilder, x: Value, spec: LinearSpec, options: RowOptions): Value {
  const { inputs, outputs, layout } = sizeOf(spec, options.source);
  if (!layout) return project(g, x, floatWeight(g, spec, outputs, inputs, options.source));
  if (layout.planes === 2) return byteLinear(g, x, spec, { inputs, outputs }, options);
  const perRow = inputs / blockSize;
  const weight = blockWeights(g, spec, { outputs, perRow, layout, source: options.source });
  const quants = weight('plane', 'uint8', [outputs, perRow, blockSize / 2], ({ planes }) => planes[0]);
  const scales = weight('scales', 'float32', [outputs * perRow], (blocks) => blocks.scales[0]);
  const operands = [x, quants, scales];
  if (!layout.centred) {
    const offsets = weight('offsets', 'float32', [perRow, outputs], (blocks) => blocks.offsets);
    // As an input, the initializer may be overridden, so the runtime leaves its layout alone: a row times a matrix is fastest on
    // rows as they are stored.
    g.input(offsets, 'float32', [perRow, outputs]);
    operands.push('', '', matmul(g, blockSums(g, x, perRow), offsets));
  }
  const attributes = { K: inputs, N: outputs, bits: 4, block_size: blockSize, accuracy_level: options.fast ? 4 : 1 };
  return g.node('MatMulNBits', operands, { domain: 'com.microsoft', attributes })[0];
}

/** [1, K] → Σ of each block [K/32]. */
function blockSums(g: GraphBuilder, x: Value, perRow: number): Value {
  const blocked = reshape(g, x, g.ints(perRow, blockSize));
  return g.node('ReduceSum', [blocked, g.ints(1)], { attributes: { keepdims: 0 } })[0];
}

function byteLinear(g: GraphBuilder, x: Value, spec: LinearSpec, sizes: Sizes, options: RowOptions): Value {
  const { inputs, outputs } = sizes;
  const [quants, scales] = byteWeights(g, spec, sizes, options.source);
  const attributes = { K: inputs, N: outputs, bits: 8, block_size: blockSize, accuracy_level: 4 };
  const product = (rows: Value) =>
    g.node('MatMulNBits', [rows, quants, scales], { domain: 'com.microsoft', attributes })[0];
  if (options.fast) return product(x);
  const coarse = onGrid(g, x, inputs);
  const rest = g.node('Sub', [x, coarse])[0];
  const fine = onGrid(g, rest, inputs);
  const rows = concat(g, [coarse, fine, g.node('Sub', [rest, fine])[0]], 0);
  return matmul(g, g.ones('float32', 1, 3), product(rows));
}

/** x [1, K], each block of 32 rounded to multiples of its largest magnitude / 127. */
function onGrid(g: GraphBuilder, x: Value, inputs: number): Value {
  const blocked = reshape(g, x, g.ints(inputs / blockSize, blockSize));
  const magnitudes = g.node('Abs', [blocked])[0];
  const largest = g.node('ReduceMax', [magnitudes, g.ints(1)], { attributes: { keepdims: 1 } })[0];
  // A block of zeros has no grid, so any unit will do.
  const unit = g.node('Max', [multiply(g, largest, g.scalar(1 / 127)), g.scalar(1e-30)])[0];
  const counts = g.node('Round', [g.node('Div', [blocked, unit])[0]])[0];
  return reshape(g, multiply(g, counts, unit), g.ints(1, inputs));
}

function byteWeights(g: GraphBuilder, spec: LinearSpec, { inputs, outputs }: Sizes, source: TensorSource): Value[] {
  const perRow = inputs / blockSize;
  const load = shared(async () => {
    const raw = await stackBlocks(spec, source, 34, perRow);
    const { bytes, scales } = wholeBytes(raw.bytes, raw.factors.length);
    for (let i = 0; i < scales.length; i++) scales[i] *= raw.factors[i];
    return { bytes, scales };
  });
  const quants = g.weight({
    name: `${spec.name}.bytes`,
    type: 'uint8',
    shape: [outputs, perRow, blockSize],
    sizeBytes: outputs * inputs,
    produce: async () => (await load()).bytes,
  });
  const scales = g.weight({
    name: `${spec.name}.byteScales`,
    type: 'float32',
    shape: [outputs * perRow],
    sizeBytes: outputs * perRow * 4,
    produce: async () => bytesOf((await load()).scales),
  });
  return [quants, scales];
}
