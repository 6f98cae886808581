/**
 * The vector–Jacobian product of every operation that a decoder uses: from dL/d(outputs) to dL/d(inputs), as nodes of the same
 * graph. Weights, shapes, masks and indices get no gradient: those inputs are never `wanted`. Where an operation broadcasts, a
 * wanted operand has the shape of the result.
 */
import type { Attribute, GraphBuilder, RecordedNode, Value } from '../builder';
import { add, concat, matmul, matmulTransposed, multiply, reshape, transpose } from '../operations';

/**
 * `gradients`: one for each output, null where nothing depends on it (at least one is there); `wanted`: one for each input. Returns
 * one value for each input; it is arbitrary where the input is not wanted.
 */
export type Derivative = (
  g: GraphBuilder,
  node: RecordedNode,
  gradients: readonly (Value | null)[],
  wanted: readonly boolean[],
) => (Value | null)[];

const microsoft = 'com.microsoft';

const unary = (g: GraphBuilder, opType: string, x: Value): Value => g.node(opType, [x])[0];
const subtract = (g: GraphBuilder, a: Value, b: Value): Value => g.node('Sub', [a, b])[0];
const shapeOf = (g: GraphBuilder, x: Value): Value => unary(g, 'Shape', x);
const zerosLike = (g: GraphBuilder, x: Value): Value => unary(g, 'ConstantOfShape', shapeOf(g, x));
const overLast = (g: GraphBuilder, opType: 'ReduceSum' | 'ReduceMean', x: Value): Value =>
  g.node(opType, [x, g.ints(-1)], { attributes: { keepdims: 1 } })[0];

/** aᵀ · b over the last two axes. */
const transposedMatmul = (g: GraphBuilder, a: Value, b: Value): Value =>
  g.node('FusedMatMul', [a, b], { domain: microsoft, attributes: { transA: 1, alpha: { float: 1 } } })[0];

const floatOf = (attribute: Attribute): number => (attribute as { float: number }).float;

/** For operations of one output. */
const single =
  (of: (g: GraphBuilder, node: RecordedNode, gradient: Value, wanted: readonly boolean[]) => (Value | null)[]) =>
  (g: GraphBuilder, node: RecordedNode, [gradient]: readonly (Value | null)[], wanted: readonly boolean[]) =>
    of(g, node, gradient as Value, wanted);

/** y = x / sqrt(mean x² + ε) · w with r = 1 / sqrt(…): dx = r·(w dy) − x·r³·mean(x·w dy). */
function rmsNormGradient(g: GraphBuilder, x: Value, weight: Value, epsilon: number, gradient: Value): Value {
  const meanSquare = overLast(g, 'ReduceMean', multiply(g, x, x));
  const r = unary(g, 'Reciprocal', unary(g, 'Sqrt', add(g, meanSquare, g.scalar(epsilon))));
  const scaled = multiply(g, gradient, weight);
  const along = overLast(g, 'ReduceMean', multiply(g, scaled, x));
  const cubed = multiply(g, multiply(g, r, r), r);
  return subtract(g, multiply(g, scaled, r), multiply(g, x, multiply(g, along, cubed)));
}

/** y = n·w + b with n = (x − mean x) / sqrt(variance + ε) and r = 1 / sqrt(…): dx = r·(w dy − mean(w dy) − n·mean(n·w dy)). */
function layerNormGradient(g: GraphBuilder, x: Value, weight: Value, epsilon: number, gradient: Value): Value {
  const centred = subtract(g, x, overLast(g, 'ReduceMean', x));
  const variance = overLast(g, 'ReduceMean', multiply(g, centred, centred));
  const r = unary(g, 'Reciprocal', unary(g, 'Sqrt', add(g, variance, g.scalar(epsilon))));
  const normal = multiply(g, centred, r);
  const scaled = multiply(g, gradient, weight);
  const along = overLast(g, 'ReduceMean', multiply(g, scaled, normal));
  const straight = subtract(g, scaled, overLast(g, 'ReduceMean', scaled));
  return multiply(g, r, subtract(g, straight, multiply(g, normal, along)));
}

export const derivatives: Readonly<Record<string, Derivative>> = {
  Identity: single((_g, _node, gradient) => [gradient]),

  Add: single((_g, _node, gradient) => [gradient, gradient]),

  Mul: single((g, { inputs: [a, b] }, gradient, wanted) => [
    wanted[0] ? multiply(g, gradient, b) : null,
    wanted[1] ? multiply(g, gradient, a) : null,
  ]),

  Reshape: single((g, { inputs: [x] }, gradient) => [reshape(g, gradient, shapeOf(g, x)), null]),

  Transpose: single((g, { attributes }, gradient) => {
    const permutation = attributes.perm as number[];
    return [
      transpose(
        g,
        gradient,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ];
  }),

  Split: (g, { outputs, attributes }, gradients) => [
    concat(
      g,
      gradients.map((gradient, part) => gradient ?? zerosLike(g, outputs[part])),
      attributes.axis as number,
    ),
    null,
  ],

  Concat: single((g, { inputs, attributes }, gradient) => {
    const axis = attributes.axis as number;
    const sizes = inputs.map((x) => g.node('Shape', [x], { attributes: { start: axis, end: axis + 1 } })[0]);
    return g.node('Split', [gradient, concat(g, sizes, 0)], { attributes: { axis }, outputs: inputs.length });
  }),

  /** A slice from the beginning of an axis. */
  Slice: single((g, { inputs: [x, start], outputs: [y] }, gradient) => {
    if (start !== g.ints(0)) throw new Error('no derivative of a Slice that does not begin at 0');
    const missing = subtract(g, shapeOf(g, x), shapeOf(g, y));
    const before = subtract(g, missing, missing);
    return [g.node('Pad', [gradient, concat(g, [before, missing], 0)])[0], null, null, null];
  }),

  /** Rows of the first axis, each at most once. */
  Gather: single((g, { inputs: [x, indices], attributes }, gradient) => {
    if (attributes.axis !== 0) throw new Error('no derivative of Gather along an axis other than the first');
    const places = g.node('Unsqueeze', [indices, g.ints(-1)])[0];
    return [g.node('ScatterND', [zerosLike(g, x), places, gradient])[0], null];
  }),

  /** One entry of each row. */
  GatherElements: single((g, { inputs: [x, indices], attributes }, gradient) => [
    g.node('ScatterElements', [zerosLike(g, x), indices, gradient], { attributes: { axis: attributes.axis } })[0],
    null,
  ]),

  /** y = x Wᵀ (+ b): dx = dy W. */
  Gemm: single((g, { inputs: [, weight], attributes }, gradient) => {
    if (!attributes.transB || attributes.transA || attributes.alpha)
      throw new Error('no derivative of this form of Gemm');
    return [g.node('Gemm', [gradient, weight])[0], null, null];
  }),

  /** y = a b with the same leading axes. */
  MatMul: single((g, { inputs: [a, b] }, gradient, wanted) => [
    wanted[0] ? matmulTransposed(g, gradient, b) : null,
    wanted[1] ? transposedMatmul(g, a, gradient) : null,
  ]),

  /** y = a bᵀ with the same leading axes: da = dy b, db = dyᵀ a. */
  FusedMatMul: single((g, { inputs: [a, b], attributes }, gradient, wanted) => {
    if (attributes.transA || !attributes.transB || floatOf(attributes.alpha) !== 1)
      throw new Error('no derivative of this form of FusedMatMul');
    return [wanted[0] ? matmul(g, gradient, b) : null, wanted[1] ? transposedMatmul(g, gradient, a) : null];
  }),

  /** dx = y·(dy − Σ dy·y). */
  Softmax: single((g, { outputs: [y] }, gradient) => [
    multiply(g, y, subtract(g, gradient, overLast(g, 'ReduceSum', multiply(g, gradient, y)))),
  ]),

  /** dx = dy − softmax(x)·Σ dy. */
  LogSoftmax: single((g, { outputs: [y] }, gradient) => [
    subtract(g, gradient, multiply(g, unary(g, 'Exp', y), overLast(g, 'ReduceSum', gradient))),
  ]),

  LayerNormalization: single((g, { inputs: [x, weight], attributes }, gradient) => [
    layerNormGradient(g, x, weight, floatOf(attributes.epsilon), gradient),
    null,
    null,
  ]),

  SimplifiedLayerNormalization: single((g, { inputs: [x, weight], attributes }, gradient) => [
    rmsNormGradient(g, x, weight, floatOf(attributes.epsilon), gradient),
    null,
  ]),

  /** Outputs: the norm of the sum, and the sum; both summands get the same gradient. */
  SkipSimplifiedLayerNormalization: (g, { inputs: [, , weight], outputs, attributes }, gradients) => {
    const [normed, , , direct] = gradients;
    const through = normed && rmsNormGradient(g, outputs[3], weight, floatOf(attributes.epsilon), normed);
    const sum = through && direct ? add(g, direct, through) : (through ?? direct);
    return [sum, sum, null];
  },

  /** A rotation's transpose is the rotation back. */
  RotaryEmbedding: single((g, { inputs: [, positions, cos, sin], attributes }, gradient) => [
    g.node('RotaryEmbedding', [gradient, positions, cos, unary(g, 'Neg', sin)], {
      domain: microsoft,
      attributes: { ...attributes },
    })[0],
    null,
    null,
    null,
  ]),

  /** dx = dy·(1 − y²). */
  Tanh: single((g, { outputs: [y] }, gradient) => [multiply(g, gradient, subtract(g, g.scalar(1), multiply(g, y, y)))]),

  Relu: single((g, { inputs: [x] }, gradient) => [
    g.node('Where', [g.node('Greater', [x, g.scalar(0)])[0], gradient, g.scalar(0)])[0],
  ]),

  /** y = x·Φ(x): dx = dy·(Φ(x) + x·φ(x)), Φ and φ the normal distribution and its density. */
  Gelu: single((g, { inputs: [x] }, gradient) => {
    const erf = unary(g, 'Erf', multiply(g, x, g.scalar(Math.SQRT1_2)));
    const below = multiply(g, add(g, erf, g.scalar(1)), g.scalar(0.5));
    const exponent = multiply(g, multiply(g, x, x), g.scalar(-0.5));
    const density = multiply(g, unary(g, 'Exp', exponent), g.scalar(1 / Math.sqrt(2 * Math.PI)));
    return [multiply(g, gradient, add(g, below, multiply(g, x, density)))];
  }),

  /** y = x/2·(1 + t) with t = tanh(u), u = a·(x + b·x³): dx = dy·((1 + t)/2 + x/2·(1 − t²)·a·(1 + 3b·x²)). */
  FastGelu: single((g, { inputs: [x] }, gradient) => {
    const [a, b] = [Math.sqrt(2 / Math.PI), 0.044715];
    const square = multiply(g, x, x);
    const inner = multiply(g, x, add(g, multiply(g, square, g.scalar(a * b)), g.scalar(a)));
    const t = unary(g, 'Tanh', inner);
    const first = multiply(g, add(g, t, g.scalar(1)), g.scalar(0.5));
    const steep = add(g, multiply(g, square, g.scalar(1.5 * a * b)), g.scalar(a / 2));
    const second = multiply(g, multiply(g, x, steep), subtract(g, g.scalar(1), multiply(g, t, t)));
    return [multiply(g, gradient, add(g, first, second))];
  }),

  /** y = x·s with s = sigmoid(x): dx = dy·(s + y·(1 − s)). */
  QuickGelu: single((g, { inputs: [x], outputs: [y], attributes }, gradient) => {
    if (floatOf(attributes.alpha) !== 1) throw new Error('no derivative of QuickGelu with another slope than 1');
    const s = unary(g, 'Sigmoid', x);
    return [multiply(g, gradient, add(g, s, multiply(g, y, subtract(g, g.scalar(1), s))))];
  }),
};
