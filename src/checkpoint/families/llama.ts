/** Touvron et al. 2023; also SmolLM, TinyLlama, Llama 3. */
import { type Family, plain, plainTensors, readBiasKeys, usualDefaults } from './family';

export const llama: Family = {
  modelType: 'llama',
  defaults: usualDefaults,
  spec: (config) => {
    readBiasKeys(config);
    return plain(config);
  },
  tensors: plainTensors,
};
