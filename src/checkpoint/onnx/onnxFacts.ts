/** What an exported graph says of its decoder: compared with the configuration, and in its place where there is none. */
import { clause } from '../../protocol/clauses';
import type { JsonRecord } from '../folder/config';
import { unsupported } from '../modelProblem';
import type { DecoderSpec, RotaryTable } from '../types';
import type { OnnxGraph } from './onnxFile';
import type { Roles } from './onnxRoles';
import type { OnnxWeights } from './onnxWeights';

/** Families of which genai_config.json and the graph say everything. */
const told = ['llama', 'mistral', 'qwen2', 'qwen3', 'phi3'];

/** A config.json from genai_config.json and the graph; null for a family of which they do not say everything. */
export function configOf(genai: JsonRecord, { blocks, outputNorm, embedding, unembedding }: Roles): JsonRecord | null {
  const model = genai.model as JsonRecord | undefined;
  const decoder = model?.decoder as JsonRecord | undefined;
  const type = model?.type;
  if (!model || !decoder || typeof type !== 'string' || !told.includes(type)) return null;
  const { up, gate } = blocks[0];
  const inner = up.blocks?.rows ?? up.weight.dims[up.turned ? 0 : 1];
  const window = blocks[0].attention?.numbers.get('local_window_size') ?? -1;
  return {
    model_type: type,
    hidden_size: decoder.hidden_size,
    num_attention_heads: decoder.num_attention_heads,
    num_key_value_heads: decoder.num_key_value_heads,
    num_hidden_layers: decoder.num_hidden_layers,
    head_dim: decoder.head_size,
    intermediate_size: gate ? inner : inner / 2,
    vocab_size: unembedding.blocks?.rows ?? unembedding.weight.dims[unembedding.turned ? 0 : 1],
    max_position_embeddings: model.context_length,
    rms_norm_eps: outputNorm.node.numbers.get('epsilon') ?? null,
    sliding_window: window > 0 ? window : null,
    tie_word_embeddings: embedding.weight === unembedding.weight,
    eos_token_id: model.eos_token_id,
  };
}

/** The spec with the attention that the graph states; throws modelUnsupported where the two contradict each other. */
export function withAttention(spec: DecoderSpec, { blocks }: Roles, path: string): DecoderSpec {
  const refuse = (key: string, value: unknown) =>
    unsupported(path, clause('saysNotComputed', `GroupQueryAttention.${key}`, String(value)));
  blocks.forEach(({ attention }, index) => {
    if (!attention) return;
    const said = (key: string, fallback: number) => attention.numbers.get(key) ?? fallback;
    const { window, scale } = spec.blocks[index];
    const wanted: Record<string, readonly [number, number]> = {
      num_heads: [said('num_heads', 0), spec.heads],
      kv_num_heads: [said('kv_num_heads', 0), spec.keyValueHeads],
      softcap: [said('softcap', 0), spec.cap.attention ?? 0],
      scale: [said('scale', 0) || 1 / Math.sqrt(spec.headWidth), scale],
    };
    for (const [key, [value, own]] of Object.entries(wanted))
      if (Math.abs(value - own) > 1e-5 * Math.abs(own)) throw refuse(key, value);
    const length = said('local_window_size', -1);
    if (Math.max(0, length) !== (window ?? 0)) throw refuse('local_window_size', length);
  });
  if (blocks.length !== spec.layers)
    throw unsupported(path, clause('saysNotComputed', 'layers', String(blocks.length)));
  return spec;
}

/**
 * The rotation of the graph's caches [positions, rotated / 2], as one table of base 1: the angle of a pair at position 1, made exact
 * by following it to ever later positions. Null where the graph has none, or more than one.
 */
export async function cachedRotation(
  graph: OnnxGraph,
  weights: OnnxWeights,
): Promise<{ rotated: number; table: RotaryTable } | null> {
  const caches = new Set<string>();
  for (const { op, inputs } of graph.nodes) {
    const first = op === 'GroupQueryAttention' ? 7 : op === 'RotaryEmbedding' ? 2 : -1;
    if (first >= 0 && inputs[first]) caches.add(inputs.slice(first, first + 2).join('\n'));
  }
  const [names] = caches;
  const [cos, sin] = (names ?? '').split('\n').map((name) => graph.initializers.get(name));
  if (caches.size !== 1 || !cos || !sin || cos.dims.length !== 2 || cos.dims.join() !== sin.dims.join()) return null;
  if (!cos.dims.every((count) => count > 0)) return null;
  const [[positions, half], c, s] = [cos.dims, await weights.floats(cos), await weights.floats(sin)];
  const amplitude = Math.hypot(c[0], s[0]);
  const divisors = Array.from({ length: half }, (_, pair) => {
    let angle = Math.atan2(s[half + pair], c[half + pair]);
    for (let at = 2; at < positions; at *= 2) {
      const turn = Math.atan2(s[at * half + pair], c[at * half + pair]);
      angle = (turn + 2 * Math.PI * Math.round((angle * at - turn) / (2 * Math.PI))) / at;
    }
    return 1 / angle;
  });
  if (positions < 2 || !divisors.every((one) => Number.isFinite(one)) || !Number.isFinite(amplitude)) return null;
  return { rotated: 2 * half, table: { base: 1, divisors, divisor: 1, amplitude } };
}
