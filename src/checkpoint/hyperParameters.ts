/**
 * The spec of a GGUF file; a llama's dimensions are read here, those of other families by their readers. Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { clause } from '../protocol/clauses';
import { blocksOf, longestPrompt, plainDecoder } from './families/family';
import { ownKeys, readGgufSpec, vocabularyRows } from './families/gguf';
import type { Metadata } from './metadata';
import { malformed, unsupported } from './modelProblem';
import type { DecoderSpec, TensorInfo } from './types';
import { refuseWhatIsNotUnderstood } from './understood';

const most = 1 << 24;

/**
 * Throws modelUnsupported for a family without a reader or a variant that is computed differently, modelMalformed for impossible
 * values.
 */
export function readHyperParameters(
  metadata: Metadata,
  tensors: ReadonlyMap<string, TensorInfo>,
  path: string,
): DecoderSpec {
  const architecture = metadata.string('general.architecture');
  const spec = readGgufSpec(metadata, tensors, path) ?? llama(metadata, tensors, path);
  refuseWhatIsNotUnderstood(metadata, spec, ownKeys(architecture), path);
  return spec;
}

function llama(metadata: Metadata, tensors: ReadonlyMap<string, TensorInfo>, path: string): DecoderSpec {
  const architecture = metadata.string('general.architecture');
  if (architecture !== 'llama') throw unsupported(path, clause('family', architecture));
  if (metadata.number('llama.expert_count', 0) > 0) throw unsupported(path, clause('mixtureOfExperts'));
  return dimensions(metadata, tensors, path);
}

/** The number by which positions are divided before they rotate. A factor without a type is linear, as in llama.cpp. */
function positionDivisor(metadata: Metadata, path: string): number {
  const factor = metadata.number('llama.rope.scaling.factor', metadata.number('llama.rope.scale_linear', 0));
  const type = metadata.string('llama.rope.scaling.type', 'linear');
  if (type !== 'none' && type !== 'linear') throw unsupported(path, clause('positionsScaled', type));
  if (factor < 0) throw malformed(path, clause('negativeBase'));
  return type === 'none' || factor === 0 ? 1 : factor;
}

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
  const sizes = {
    layers,
    heads,
    keyValueHeads,
    width,
    headWidth,
    feedForward: metadata.count('llama.feed_forward_length', 1, most),
    vocabulary: vocabularyRows(metadata, tensors),
    context: Math.min(longestPrompt, metadata.count('llama.context_length', 1, 2 ** 32)),
    tied: !tensors.has('output.weight'),
  };
  return {
    ...sizes,
    ...plainDecoder,
    norm: { kind: 'rms', epsilon },
    positions: {
      learned: false,
      rotated: ropeDimensions,
      tables: [{ base, divisors, divisor: positionDivisor(metadata, path), amplitude: 1 }],
    },
    blocks: blocksOf(sizes, () => ({})),
  };
}
