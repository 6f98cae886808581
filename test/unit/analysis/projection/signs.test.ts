/** A layer's picture is the same whichever other layers are requested: the panel and the command line request different ones. */
import { describe, expect, it } from 'vitest';
import { embeddings, type PointStates } from '../../../../src/analysis/embeddings/embeddings';
import { seededRandom } from '../../../../src/analysis/shared/random';

const [width, size, layers] = [12, 14, 7];
const random = seededRandom(5);
const gaussian = () => Array.from({ length: 6 }, random).reduce((a, b) => a + b, 0) - 3;

/** States that drift from layer to layer, so that neighbouring pictures are alike. */
function drifting(): Map<number, Float32Array> {
  const states = new Map<number, Float32Array>();
  let now = Float32Array.from({ length: width * size }, gaussian);
  for (let layer = 0; layer < layers; layer++) {
    states.set(layer, now);
    now = now.map((value) => 0.8 * value + 0.7 * gaussian());
  }
  return states;
}

const points: PointStates['points'] = Array.from({ length: size }, (_, position) => ({
  ...{ source: 0, position, text: String(position), context: '', contextAt: [0, 1] as [number, number] },
  ...{ group: null, range: [position, position + 1] as [number, number], beside: false },
}));
const states: PointStates = { points, found: size, layers: drifting() };
const every = [...states.layers.keys()];

const drawn = async (method: 'pca' | 'umap', asked: number[], basis: 'own' | 'frozen' = 'own') => {
  const options = { method, layers: asked, basis, basisLayer: 3, leaveOutMassive: false, axis: null, seed: 1 };
  const result = await embeddings(states, width, options as unknown as Parameters<typeof embeddings>[2]);
  expect(result.layers.map(({ layer }) => layer)).toEqual(asked);
  return new Map(result.layers.map(({ layer, x, y }) => [layer, { x, y }]));
};

describe('the signs of a picture', () => {
  it.each(['pca', 'umap'] as const)('of %s do not hang on the other layers that are asked for', async (method) => {
    const all = await drawn(method, every);
    for (const layer of [2, 5, 6]) expect((await drawn(method, [layer])).get(layer)).toEqual(all.get(layer));
  });

  it('go from layer to layer without a flip', async () => {
    const all = await drawn('pca', every);
    for (const layer of every.slice(1)) {
      const [before, now] = [all.get(layer - 1), all.get(layer)];
      for (const axis of ['x', 'y'] as const) {
        const along = before?.[axis].reduce((sum, value, at) => sum + value * (now?.[axis][at] ?? 0), 0) ?? 0;
        expect([layer, axis, along > 0]).toEqual([layer, axis, true]);
      }
    }
  });

  it('of a frozen basis are those of its layer for all', async () => {
    const all = await drawn('pca', every, 'frozen');
    expect((await drawn('pca', [5], 'frozen')).get(5)).toEqual(all.get(5));
  });
});
