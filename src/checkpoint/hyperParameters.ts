/**
 * The spec of a GGUF file: what every architecture must satisfy is checked here, in the file's own words, before its family's reader
 * reads it. Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { clause } from '../protocol/clauses';
import { ownKeys, readGgufSpec } from './families/gguf';
import { scalingTypes } from './families/ggufRotary';
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
  const known = ownKeys(metadata);
  if (known === null) throw unsupported(path, clause('family', architecture));
  if (metadata.number(`${architecture}.expert_count`, 0) > 0) throw unsupported(path, clause('mixtureOfExperts'));
  checkRotation(metadata, architecture, checkHeads(metadata, architecture, path), path);
  const spec = readGgufSpec(metadata, tensors, path);
  refuseWhatIsNotUnderstood(metadata, spec, known, path);
  return spec;
}

/** Returns the channels of a head. */
function checkHeads(metadata: Metadata, name: string, path: string): number {
  const width = metadata.count(`${name}.embedding_length`, 1, most);
  const heads = metadata.count(`${name}.attention.head_count`, 1, 65_536);
  const list = metadata.value(`${name}.attention.head_count_kv`);
  // One number for each layer; in a file with recurrent layers some of them are 0.
  if (Array.isArray(list) && (new Set(list).size !== 1 || list[0] === 0))
    throw unsupported(path, clause('saysNotComputed', `${name}.attention.head_count_kv`, `[${list}]`.slice(0, 40)));
  const keyValueHeads = Array.isArray(list)
    ? Number(list[0])
    : metadata.count(`${name}.attention.head_count_kv`, 1, heads, heads);
  const headWidth = metadata.count(`${name}.attention.key_length`, 2, most, width / heads);
  if (heads % keyValueHeads !== 0 || headWidth % 2 !== 0)
    throw malformed(path, clause('headsDoNotShare', heads, headWidth, keyValueHeads));
  if (metadata.count(`${name}.attention.value_length`, 1, most, headWidth) !== headWidth)
    throw unsupported(path, clause('widthsDiffer'));
  return headWidth;
}

function checkRotation(metadata: Metadata, name: string, headWidth: number, path: string): void {
  const rotated = metadata.count(`${name}.rope.dimension_count`, 1, headWidth, headWidth);
  // llama.cpp itself opens no such file of a llama.
  if (name === 'llama' && rotated !== headWidth) throw unsupported(path, clause('partRotates', rotated, headWidth));
  const type = metadata.string(`${name}.rope.scaling.type`, 'linear');
  if (!scalingTypes.includes(type)) throw unsupported(path, clause('positionsScaled', type));
  const factor = metadata.number(`${name}.rope.scaling.factor`, metadata.number(`${name}.rope.scale_linear`, 0));
  const epsilons = ['attention.layer_norm_rms_epsilon', 'attention.layer_norm_epsilon'];
  const numbers = [factor, ...epsilons.map((key) => metadata.number(`${name}.${key}`, 0))];
  if (numbers.some((one) => one < 0) || metadata.number(`${name}.rope.freq_base`, 10_000) <= 0)
    throw malformed(path, clause('negativeBase'));
}
