/** Jiang et al. 2023: a llama whose layers may all have a window. */
import { blocksOf, type Family, plain, plainTensors, usualDefaults, windowOf } from './family';

export const mistral: Family = {
  modelType: 'mistral',
  defaults: { ...usualDefaults, num_key_value_heads: 8, sliding_window: 4096 },
  spec: (config) => {
    const spec = plain(config);
    return { ...spec, blocks: blocksOf(spec, () => ({ window: windowOf(config) })) };
  },
  tensors: plainTensors,
};
