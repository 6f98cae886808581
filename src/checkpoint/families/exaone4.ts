/** EXAONE 4: norms behind the sublayers, and one of each head; in files with windows, the layers without one do not rotate. */
import { blocksOf, type Family, plain, slidingLayers, usualDefaults, windowOf } from './family';
import { normedBehind } from './olmo';

export const exaone4: Family = {
  modelType: 'exaone4',
  defaults: { ...usualDefaults, rms_norm_eps: 1e-5, sliding_window: 4096, sliding_window_pattern: 4 },
  spec: (config) => {
    const spec = plain(config);
    const window = windowOf(config);
    const period = periodOf(config.value('sliding_window_pattern'));
    const slides = slidingLayers(config, spec.layers, (block) => window !== null && (block + 1) % period !== 0);
    return {
      ...spec,
      placement: 'after',
      queryKeyNorm: { span: 'head', after: false },
      blocks: blocksOf(spec, (block) => ({
        window: slides[block] ? window : null,
        rotary: window === null || slides[block] ? 0 : null,
      })),
    };
  },
  tensors: normedBehind,
};

/** "LLLG" says the same as 4. */
const periodOf = (pattern: unknown): number =>
  typeof pattern === 'string' ? pattern.length : typeof pattern === 'number' && pattern > 0 ? pattern : 4;
