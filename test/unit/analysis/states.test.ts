/** States of many texts, at single positions or as means, whichever batch a text ran in, and the probability of each text's end. */
import { describe, expect, it } from 'vitest';
import type { Pass, PassResult } from '../../../src/analysis/shared/model';
import { readStates } from '../../../src/analysis/shared/states';
import { FakeModel, logSoftmax } from './fakeModel';

/** Each state encodes its layer, its position and its token. */
class StatefulModel extends FakeModel {
  override async run(pass: Pass, signal?: AbortSignal): Promise<PassResult> {
    const result = await super.run(pass, signal);
    const before = pass.past?.length ?? 0;
    const states = (layer: number) => pass.ids.flatMap((ids) => ids.flatMap((id, at) => [layer, before + at, id, 0]));
    const hidden = (pass.want?.hidden ?? []).map((layer) => [layer, Float32Array.from(states(layer))] as const);
    return { ...result, hidden: new Map(hidden) };
  }
}

const model = new StatefulModel();
const texts = ['the sky is blue.', 'the sea.', 'the sky is grey and wide.'].map((text) => model.tokenize(text));

describe('states of many texts', () => {
  it('are those of their own positions, in order', async () => {
    const asked = texts.map((ids) => ({ ids, positions: [ids.length - 2, ids.length - 1] }));
    const { layers, logprob } = await readStates(model, asked, { layers: [0, 2] });
    const expected = (layer: number) =>
      texts.flatMap((ids) => [ids.length - 2, ids.length - 1].flatMap((at) => [layer, at, ids[at], 0]));
    expect([...layers].map(([layer, states]) => [layer, [...states]])).toEqual([
      [0, expected(0)],
      [2, expected(2)],
    ]);
    expect(logprob).toEqual([null, null, null]);
  });

  it('are one for each text where the mean is wanted, whatever the number of its positions', async () => {
    const positions = texts.map(({ length }, text) => (text === 1 ? [length - 1] : [length - 2, length - 1]));
    const asked = texts.map((ids, text) => ({ ids, positions: positions[text] }));
    const { layers, ends } = await readStates(model, asked, { layers: [1], mean: true, ends: [1] });
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect([...(layers.get(1) ?? [])]).toEqual(
      texts.flatMap((ids, text) => [1, mean(positions[text]), mean(positions[text].map((at) => ids[at])), 0]),
    );
    const last = texts.flatMap((ids) => [1, ids.length - 1, ids[ids.length - 1], 0]);
    expect([...(ends.get(1) ?? [])]).toEqual(last);
  });

  it('go with the mean log-probability of what was to be scored, without any state too', async () => {
    const asked = texts.map((ids) => ({ ids, positions: [ids.length - 1], scoredFrom: ids.length - 3 }));
    const { logprob } = await readStates(model, asked, { layers: [] });
    texts.forEach((ids, text) => {
      const scored = [3, 2, 1].map((back) => {
        const at = ids.length - back;
        return logSoftmax(model.logits(ids.slice(0, at)))[ids[at]];
      });
      expect(logprob[text]).toBeCloseTo(scored.reduce((sum, value) => sum + value, 0) / 3, 4);
    });
  });
});
