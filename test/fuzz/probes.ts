/** A truth probe's file as JSON, for a model of three blocks and width 4: it has every part, and nothing in it is trained. */
import type { StoredProbe } from '../../src/analysis/truth/contract';

export const probedModel = { name: 'tiny', sha256: 'ab'.repeat(32), width: 4, layers: 3 };

const base64 = (length: number) =>
  Buffer.from(Float32Array.from({ length }, (_, at) => Math.sin(at)).buffer).toString('base64');
const figure = { value: 0.8, low: 0.7, high: 0.9 };
const rate = { hits: 17, of: 20, low: 0.6, high: 0.96 };
const topics = {
  auroc: figure,
  topicMean: figure,
  topicRange: [0.6, 0.95] as [number, number],
  accuracy: { forced: rate, decided: rate, coverage: rate },
  baselines: { logprob: figure, words: figure, length: null },
  topics: [
    { topic: 'capitals', known: true, statements: 2, auroc: figure, decided: rate },
    { topic: 'metals', known: false, statements: 1, auroc: figure, decided: rate },
  ],
};
const answers = { right: 3, wrong: 2, probe: figure, logprob: figure, both: figure };
const one = 2 * probedModel.width + 1;

export const storedProbe = (): StoredProbe => ({
  schema: 3,
  kind: 'truth',
  card: {
    ...structuredClone(topics),
    blocks: [1, 2],
    trainedOn: { statements: 3, topics: 2 },
    modelSha256: probedModel.sha256,
    seed: 1,
    ...structuredClone({ known: figure, affirmative: figure, negated: figure, surestHalf: rate }),
    negationFlip: 0.6,
    layers: [0, 1, 2, 3].map((layer) => ({ layer, auroc: 0.7, shuffled: 0.5, shuffledSpread: 0.1 })),
    calibration: { error: 0.05, bins: [{ predicted: 0.2, observed: 0.25, count: 4 }] },
    coverage: [{ share: 0.5, accuracy: 0.9 }],
    frozen: structuredClone(topics),
    answers: structuredClone({ listed: answers, free: { ...answers, unjudged: 1 } }),
    map: { x: [0, 1, -2], y: [1, 0, 2], label: [true, false, true], negated: [false, false, true], topic: [0, 0, 1] },
  },
  arrays: {
    verdict: base64(one),
    layers: base64(one * (probedModel.layers + 1)),
    mean: base64(probedModel.width),
    axes: base64(2 * probedModel.width),
    variance: base64(2),
  },
  platt: { slope: 1.5, offset: -0.2 },
  limit: 9,
  rest: 1,
});
