/** SmolLM 3: a llama in which some layers do not rotate (`no_rope_layers` says 1 where one does). */
import {
  blocksOf,
  type Family,
  plain,
  plainTensors,
  readBiasKeys,
  slidingLayers,
  usedWindowOf,
  usualDefaults,
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
    const window = usedWindowOf(config);
    const slides = slidingLayers(config, spec.layers, (block) => window !== null && !turns(block));
    const blocks = blocksOf(spec, (block) => ({
      rotary: turns(block) ? 0 : null,
      window: slides[block] ? window : null,
    }));
    return { ...spec, blocks };
  },
  tensors: plainTensors,
};
