/**
 * Granite: a llama whose embeddings, contributions, scores and logits are scaled; the logits' number divides them. Granite 4 is one too
 * where it has neither experts nor recurrent layers.
 */
import type { Config } from '../folder/config';
import type { DecoderSpec } from '../types';
import { blocksOf, type Family, plain, plainTensors, readBiasKeys, usualDefaults, withBlock } from './family';

const defaults = {
  ...usualDefaults,
  embedding_multiplier: 1,
  residual_multiplier: 1,
  attention_multiplier: 1,
  logits_scaling: 1,
};

function scaled(config: Config, spec: DecoderSpec, rotary: number | null): DecoderSpec {
  readBiasKeys(config);
  const scale = config.number('attention_multiplier');
  return {
    ...spec,
    scale: {
      embedding: config.number('embedding_multiplier'),
      residual: config.number('residual_multiplier'),
      logits: 1 / config.number('logits_scaling'),
    },
    blocks: blocksOf(spec, () => ({ scale, rotary })),
  };
}

export const granite: Family = {
  modelType: 'granite',
  defaults,
  spec: (config) => scaled(config, plain(config), 0),
  tensors: plainTensors,
};

export const granite4: Family = {
  modelType: 'granitemoehybrid',
  defaults: { ...defaults, num_local_experts: 8, shared_intermediate_size: 1024 },
  idle: /^(?:mamba_\w+|num_experts_per_tok|time_step_\w+|intermediate_size|normalization_function|rope_(?:theta|scaling|parameters))$/,
  spec: (config) => {
    config.must('num_local_experts', 0);
    const kinds = config.list('layers_block_type') ?? config.list('layer_types') ?? ['linear_attention'];
    for (const kind of kinds)
      if (kind !== 'attention' && kind !== 'full_attention') throw config.refused('layer_types', kind);
    const turns = config.has('position_embedding_type') && config.text('position_embedding_type') === 'rope';
    return scaled(config, plain(config, { inner: 'shared_intermediate_size' }), turns ? 0 : null);
  },
  tensors: ({ feedForward }) => {
    const half = (first: number) => ({
      from: 'shared_mlp.input_linear',
      rows: [[first, first + feedForward]] as const,
    });
    return withBlock(plainTensors(), {
      ffn_gate: half(0),
      ffn_up: half(feedForward),
      ffn_down: 'shared_mlp.output_linear',
    });
  },
};
