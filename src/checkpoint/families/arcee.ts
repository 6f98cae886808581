/** Arcee (AFM): a llama whose MLP is plain, with squared ReLU. */
import { type Family, plain, plainTensors, readBiasKeys, usualDefaults } from './family';

export const arcee: Family = {
  modelType: 'arcee',
  defaults: { ...usualDefaults, hidden_act: 'relu2', rms_norm_eps: 1e-5 },
  spec: (config) => {
    readBiasKeys(config);
    const spec = plain(config);
    return { ...spec, mlp: { ...spec.mlp, gated: false } };
  },
  tensors: () => {
    const { block, ...names } = plainTensors();
    const { ffn_gate: _, ...ungated } = block;
    return { ...names, block: ungated };
  },
};
