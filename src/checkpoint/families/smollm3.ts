/** SmolLM 3: a llama in which some layers do not rotate (`no_rope_layers` says 1 where one does). */
import {
  blocksOf,
  type Family,
  layerKinds,
  plain,
  plainTensors,
  readBiasKeys,
  usualDefaults,
  windowOf,
} from './family';

export const smollm3: Family = {
  modelType: 'smollm3',
  defaults: {
    ...usualDefaults,
    num_key_value_heads: 4,
    rope_theta: 2_000_000,
    tie_word_embeddings: true,
    no_rope_layer_interval: 4,
  },
  spec: (config) => {
    readBiasKeys(config);
    const spec = plain(config);
    const period = config.count('no_rope_layer_interval', 10_000);
    const listed = config.list('no_rope_layers');
    const turns = (block: number) => (listed ? listed[block] === 1 : (block + 1) % period !== 0);
    const window = windowOf(config);
    const used = config.flag('use_sliding_window') ? window : null;
    const kinds = layerKinds(config, spec.layers, (block) =>
      used !== null && !turns(block) ? 'sliding_attention' : 'full_attention',
    );
    const blocks = blocksOf(spec, (block) => ({
      rotary: turns(block) ? 0 : null,
      window: kinds[block] === 'sliding_attention' ? used : null,
    }));
    return { ...spec, blocks };
  },
  tensors: plainTensors,
};
