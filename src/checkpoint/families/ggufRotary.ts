/** How a GGUF file scales its rotary positions, in config.json's words. */
import type { JsonRecord } from '../folder/config';
import type { Metadata } from '../metadata';

/** Divisors of prompts that are no longer than the original context (longrope); those for longer ones are not used. */
export const factorTensor = 'rope_factors_short.weight';

/** What a file may say of its scaling. */
export const scalingTypes: readonly string[] = ['none', 'linear', 'yarn', 'longrope'];

/** Keys of the rotation, without the architecture's name, that are read here. */
export function scalingKeys(metadata: Metadata, name: string): string[] {
  const ofYarn = ['attn_factor', 'beta_fast', 'beta_slow', 'log_multiplier'].map((key) => `rope.scaling.yarn_${key}`);
  const yarn = metadata.value(`${name}.rope.scaling.type`) === 'yarn';
  return ['rope.scaling.attn_factor', 'rope.scaling.original_context_length', ...(yarn ? ofYarn : [])];
}

/**
 * The file's scaling in config.json's words; null where nothing is scaled, and for longrope, whose divisors are a tensor. A factor
 * without a type is linear, as in llama.cpp.
 */
export function scalingOf(metadata: Metadata, name: string): JsonRecord | null {
  const at = (key: string, fallback?: number) => metadata.number(`${name}.rope.scaling.${key}`, fallback);
  const given = (key: string) => (metadata.has(`${name}.rope.scaling.${key}`) ? at(key) : null);
  const factor = at('factor', metadata.number(`${name}.rope.scale_linear`, 0));
  const type = metadata.string(`${name}.rope.scaling.type`, 'linear');
  if (type === 'none' || type === 'longrope' || (type === 'linear' && factor === 0)) return null;
  if (type !== 'yarn') return { rope_type: type, factor };
  const grown = given('yarn_log_multiplier');
  return {
    rope_type: type,
    factor,
    original_max_position_embeddings: given('original_context_length'),
    attention_factor: given('yarn_attn_factor'),
    beta_fast: given('yarn_beta_fast'),
    beta_slow: given('yarn_beta_slow'),
    // llama.cpp takes the other of the two as 1.
    ...(grown ? { mscale: 1, mscale_all_dim: grown } : {}),
  };
}
