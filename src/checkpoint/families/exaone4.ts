/** EXAONE 4: norms behind the sublayers, and one of each head; in files with windows, the layers without one do not rotate. */
import { blocksOf, type Family, layerKinds, plain, usualDefaults, windowOf } from './family';
import { normedBehind } from './olmo';

export const exaone4: Family = {
  modelType: 'exaone4',
  defaults: { ...usualDefaults, rms_norm_eps: 1e-5, sliding_window: 4096, sliding_window_pattern: 4 },
  spec: (config) => {
    const spec = plain(config);
    const window = windowOf(config);
    const period = periodOf(config.value('sliding_window_pattern'));
    const kinds = layerKinds(config, spec.layers, (block) =>
      window === null || (block + 1) % period === 0 ? 'full_attention' : 'sliding_attention',
    );
    return {
      ...spec,
      placement: 'after',
      queryKeyNorm: { span: 'head', after: false },
      blocks: blocksOf(spec, (block) => {
        const slides = kinds[block] === 'sliding_attention';
        return { window: slides ? window : null, rotary: window === null || slides ? 0 : null };
      }),
    };
  },
  tensors: normedBehind,
};

/** "LLLG" says the same as 4. */
const periodOf = (pattern: unknown): number =>
  typeof pattern === 'string' ? pattern.length : typeof pattern === 'number' && pattern > 0 ? pattern : 4;
