/**
 * A llama's dimensions from GGUF metadata, and the check that the tensors have them: missing or misshapen tensors are reported
 * here, before a graph is built from them. Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { clause } from '../protocol/clauses';
import type { Metadata } from './metadata';
import { malformed, unsupported } from './modelProblem';
import type { DecoderSpec, TensorInfo } from './types';
import { refuseWhatIsNotUnderstood } from './understood';

const most = 1 << 24;

/** In tokens. Tables of positions are as long as the longest prompt, and a file may announce any length. */
const longestPrompt = 131_072;

/**
 * Throws modelUnsupported for another family or a variant of llama that is computed differently, modelMalformed for impossible
 * values.
 */
export function readHyperParameters(
  metadata: Metadata,
  tensors: ReadonlyMap<string, TensorInfo>,
  path: string,
): DecoderSpec {
  const family = metadata.string('general.architecture');
  if (family !== 'llama') throw unsupported(path, clause('family', family));
  if (metadata.number('llama.expert_count', 0) > 0) throw unsupported(path, clause('mixtureOfExperts'));
  const spec = dimensions(metadata, tensors, path);
  refuseWhatIsNotUnderstood(metadata, tensors, spec, path);
  checkTensors(spec, tensors, path);
  return spec;
}

/** The number by which positions are divided before they rotate. A factor without a type is linear, as in llama.cpp. */
function positionDivisor(metadata: Metadata, path: string): number {
  const factor = metadata.number('llama.rope.scaling.factor', metadata.number('llama.rope.scale_linear', 0));
  const type = metadata.string('llama.rope.scaling.type', 'linear');
  if (type !== 'none' && type !== 'linear') throw unsupported(path, clause('positionsScaled', type));
  if (factor < 0) throw malformed(path, clause('negativeBase'));
  return type === 'none' || factor === 0 ? 1 : factor;
}

/** The switches of a llama, which most families share. */
export const plainDecoder = {
  placement: 'before',
  residual: 'sequential',
  queryKeyNorm: null,
  mlp: { gated: true, activation: 'silu' },
  scale: { embedding: 1, residual: 1, logits: 1 },
  cap: { attention: null, logits: null },
} as const;

function dimensions(metadata: Metadata, tensors: ReadonlyMap<string, TensorInfo>, path: string): DecoderSpec {
  const width = metadata.count('llama.embedding_length', 1, most);
  const heads = metadata.count('llama.attention.head_count', 1, 65_536);
  const keyValueHeads = metadata.count('llama.attention.head_count_kv', 1, heads, heads);
  const headWidth = metadata.count('llama.attention.key_length', 2, most, width / heads);
  const ropeDimensions = metadata.count('llama.rope.dimension_count', 2, headWidth, headWidth);
  if (heads % keyValueHeads !== 0 || headWidth % 2 !== 0)
    throw malformed(path, clause('headsDoNotShare', heads, headWidth, keyValueHeads));
  if (ropeDimensions !== headWidth) throw unsupported(path, clause('partRotates', ropeDimensions, headWidth));
  const valueWidth = metadata.count('llama.attention.value_length', 1, most, headWidth);
  if (valueWidth !== headWidth) throw unsupported(path, clause('widthsDiffer'));
  const base = metadata.number('llama.rope.freq_base', 10_000);
  const epsilon = metadata.number('llama.attention.layer_norm_rms_epsilon');
  const layers = metadata.count('llama.block_count', 1, 10_000);
  const divisors = tensors.has('rope_freqs.weight') ? { tensor: 'rope_freqs.weight' } : null;
  if (base <= 0 || epsilon < 0) throw malformed(path, clause('negativeBase'));
  return {
    layers,
    heads,
    keyValueHeads,
    width,
    headWidth,
    feedForward: metadata.count('llama.feed_forward_length', 1, most),
    vocabulary: metadata.length('tokenizer.ggml.tokens'),
    context: Math.min(longestPrompt, metadata.count('llama.context_length', 1, 2 ** 32)),
    tied: !tensors.has('output.weight'),
    ...plainDecoder,
    norm: { kind: 'rms', epsilon },
    positions: {
      learned: false,
      rotated: ropeDimensions,
      tables: [{ base, divisors, divisor: positionDivisor(metadata, path), amplitude: 1 }],
    },
    blocks: Array.from({ length: layers }, () => ({ window: null, rotary: 0, scale: 1 / Math.sqrt(headWidth) })),
  };
}

function checkTensors(spec: DecoderSpec, tensors: ReadonlyMap<string, TensorInfo>, path: string): void {
  const expect = (name: string, ...shape: number[]): void => {
    const tensor = tensors.get(name);
    if (!tensor) throw malformed(path, clause('tensorMissing', name));
    if (tensor.shape.join() !== shape.join())
      throw malformed(path, clause('tensorNot', name, tensor.shape.join(' × '), shape.join(' × ')));
  };
  const { width, heads, keyValueHeads, headWidth, feedForward, vocabulary } = spec;
  const biased = new Set([...tensors.keys()].map((name) => /^blk\.\d+\.(\w+)\.bias$/.exec(name)?.[1]));
  expect('token_embd.weight', vocabulary, width);
  expect('output_norm.weight', width);
  if (!spec.tied) expect('output.weight', vocabulary, width);
  for (let block = 0; block < spec.layers; block++) {
    const at = (name: string): string => `blk.${block}.${name}.weight`;
    /** A bias that one block has must be in all blocks. */
    const layer = (name: string, outputs: number, inputs: number): void => {
      expect(at(name), outputs, inputs);
      if (biased.has(name)) expect(`blk.${block}.${name}.bias`, outputs);
    };
    expect(at('attn_norm'), width);
    layer('attn_q', heads * headWidth, width);
    layer('attn_k', keyValueHeads * headWidth, width);
    layer('attn_v', keyValueHeads * headWidth, width);
    layer('attn_output', width, heads * headWidth);
    expect(at('ffn_norm'), width);
    layer('ffn_gate', feedForward, width);
    layer('ffn_up', feedForward, width);
    layer('ffn_down', width, feedForward);
  }
  if (tensors.has('rope_freqs.weight')) expect('rope_freqs.weight', spec.positions.rotated / 2);
}
