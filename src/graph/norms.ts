/** The norms of a decoder, and the residual stream as norms read it. */
import type { DecoderSpec } from '../checkpoint/types';
import type { GraphBuilder, Value } from './builder';
import type { TensorSource } from './linear';
import { add, addAndNorm, layerNorm, rmsNorm } from './operations';

/** What every part of a decoder is written with. */
export interface Parts {
  g: GraphBuilder;
  spec: DecoderSpec;
  source: TensorSource;
}

/** The stream `value` plus a contribution that is not added yet, since a norm that follows can add it in the same pass. */
export interface Stream {
  value: Value;
  plus: Value | null;
}

/** A vector of the checkpoint, [width], times a constant. */
export function floatVector({ g, source }: Parts, name: string, factor = 1): Value {
  const info = source.tensors.get(name);
  if (!info) throw new Error(`the tensor ${name} is missing`);
  const [width] = info.shape;
  const produce = async () => {
    const data = await source.readFloat32(name);
    const scaled = factor === 1 ? data : data.map((value) => value * factor);
    return new Uint8Array(scaled.buffer, scaled.byteOffset, scaled.byteLength);
  };
  return g.weight({ name, type: 'float32', shape: [width], sizeBytes: width * 4, produce });
}

/** The norm `name` over the last axis, times a constant that is folded into its weights. */
export function norm(parts: Parts, x: Value, name: string, factor = 1, output?: Value): Value {
  const { g, spec, source } = parts;
  const weight = floatVector(parts, `${name}.weight`, factor);
  if (spec.norm.kind === 'rms') return rmsNorm(g, x, weight, spec.norm.epsilon, output);
  const bias = source.tensors.has(`${name}.bias`) ? floatVector(parts, `${name}.bias`, factor) : null;
  return layerNorm(g, x, weight, bias, spec.norm.epsilon, output);
}

/** The stream with its contribution added. */
export const settled = (g: GraphBuilder, { value, plus }: Stream): Value =>
  plus === null ? value : add(g, value, plus);

/** The settled stream, and its norm `name`; without a name nothing is normed. */
export function sumAndNorm(
  parts: Parts,
  stream: Stream,
  name: string | null,
  factor = 1,
): Record<'sum' | 'normed', Value> {
  const { g, spec } = parts;
  if (name !== null && stream.plus !== null && spec.norm.kind === 'rms')
    return addAndNorm(g, stream.value, stream.plus, floatVector(parts, `${name}.weight`, factor), spec.norm.epsilon);
  const sum = settled(g, stream);
  return { sum, normed: name === null ? sum : norm(parts, sum, name, factor) };
}
