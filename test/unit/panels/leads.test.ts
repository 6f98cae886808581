// @vitest-environment happy-dom
/** The one question of every tab and section, and its answer in a sentence with the figures of the recorded result. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Analysis, analysisNames } from '../../../src/analysis/contracts';
import { attentionAnswer } from '../../../webview/panels/attention/lead';
import { embeddingsAnswer } from '../../../webview/panels/embeddings/lead';
import { examplesAnswer } from '../../../webview/panels/layers/exampleWords';
import { headsAnswer } from '../../../webview/panels/layers/headWords';
import { countWords } from '../../../webview/panels/lie/words';
import { probabilitiesAnswer } from '../../../webview/panels/probabilities/lead';
import { saliencyAnswer } from '../../../webview/panels/saliency/lead';
import { emojiPrompt, promptOf } from '../charts/domSetup';
import { mountedTab } from './mountedTab';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.setConfig({ testTimeout: 30_000 });
beforeEach(() => document.body.replaceChildren());

const lead = (name: Analysis) => mountedTab(name).view.lead();

describe('the lead of a tab', () => {
  it.each(analysisNames)('%s asks a question', (name) => expect(lead(name).question).toMatch(/^[A-Z].*\?$/));

  it.each([
    [
      'probabilities',
      'The next token is “·negative” with probability .88, or “·positive” with .077. The most surprising one is “·太”, with 13.6 nats.',
    ],
    ['heads', /^Silencing one head costs the answer at most \d\.\d\d nats: block \d+, head \d\.$/],
    ['examples', /^Example \d \(·?(positive|negative)\) matters most: without it the answer loses \d\.\d\d nats\.$/],
    ['patching', /^More than half of the difference is carried by /],
    [
      'embeddings',
      /^Groups lie together: \d+ % of the nearest neighbours are of the same group, against \d+ % by chance/,
    ],
    ['lie', /^Of 13 statements, 3 look true and 4 look false; on 4 it can’t tell\. 2 are outside what was tested\.$/],
    ['probe', /^Best read at layer \d+: \.\d\d, against /],
  ] as const)('%s answers it', (name, answer) => expect(lead(name).answer).toMatch(answer));

  it('saliency answers by the first method that may be ranked', () =>
    expect(lead('saliency').answer).toMatch(/^“.+” (supports|works against|matters most for) “·negative”/));
});

const candidate = (text: string, p: number) => ({ id: 1, text, logprob: Math.log(p) });

describe('the sentence about probabilities', () => {
  const result = { logprob: [null], rank: [null], entropy: [1], top: [[]], perplexity: null };
  const given = (next: ReturnType<typeof candidate>[]) => ({
    prompt: promptOf(['A']),
    result: { ...result, next },
    end: null,
  });

  it('names no surprise for a single token, which has none', () =>
    expect(probabilitiesAnswer(given([candidate(' b', 0.5), candidate('\n', 0.25)]))).toBe(
      'The next token is “·b” with probability .50, or “↵” with .25.',
    ));

  it('names one candidate where there is one', () =>
    expect(probabilitiesAnswer(given([candidate('x', 1)]))).toBe('The next token is “x” with probability 1.'));
});

describe('the sentence about attention', () => {
  const shown = {
    chosen: [{ layer: 3, head: 7 }],
    data: { prompt: emojiPrompt, overview: { sinkMass: 0.64 } },
    facts: { names: ['A', 'b', 'c'] },
    loading: false,
    origin: 2,
    reads: [
      { from: 2, to: 0, weight: 0.8 },
      { from: 2, to: 1, weight: 0.15 },
    ],
  } as unknown as Parameters<typeof attentionAnswer>[0];

  it('passes over the first token, and says how much it takes', () =>
    expect(attentionAnswer(shown)).toBe(
      'Block 3, head 7: “c” reads “b” most, with weight .15. All heads together put .64 of their weight on the first token.',
    ));

  it('says nothing about weights that are still loading', () =>
    expect(attentionAnswer({ ...shown, loading: true })).toBe(
      'All heads together put .64 of their weight on the first token.',
    ));
});

describe('the sentence about saliency', () => {
  const given = (method: string, scores: (number | null)[]) =>
    ({
      prompt: promptOf(['dull', ' fun']),
      readable: [{ method, scores, faithfulness: null }],
      result: {
        operator: 'knockout',
        target: { text: ' bad' },
        units: [
          { text: 'dull', tokens: [0, 1] },
          { text: ' fun', tokens: [1, 2] },
        ],
      },
    }) as unknown as Parameters<typeof saliencyAnswer>[0];

  it('says what is lost in nats only where it was measured', () => {
    expect(saliencyAnswer(given('occlusion', [1.25, -0.5]))).toBe(
      '“dull” supports “·bad” most: without it, the target loses 1.25 nats (knock-out).',
    );
    expect(saliencyAnswer(given('occlusion', [1.25, -2]))).toBe(
      '“fun” works against “·bad” most: without it, the target gains 2.00 nats (knock-out).',
    );
    expect(saliencyAnswer(given('input', [1.25, -0.5]))).toBe('“dull” supports “·bad” most, by gradient × input.');
    expect(saliencyAnswer(given('attention', [0.25, 0.5]))).toBe('“fun” matters most for “·bad”, by attention.');
  });

  it('is silent while nothing is scored, and where every score is 0', () => {
    expect(saliencyAnswer(given('occlusion', [null, null]))).toBe('');
    expect(saliencyAnswer(given('occlusion', [0, 0]))).toBe('');
  });
});

describe('the other sentences', () => {
  it('a map whose heads only help when silenced costs nothing', () => {
    const map = { complete: true, knockout: [[-0.2, 0]], preview: null, summaries: [] };
    const given = map as unknown as Parameters<typeof headsAnswer>[0];
    expect(headsAnswer(given)).toBe('Silencing any one head costs the answer nothing.');
    expect(headsAnswer({ ...given, complete: false })).toBe('');
  });

  it('examples that the answer does not need', () => {
    const one = (score: number) => ({ score, label: { text: ' x', tokens: [0, 1] } });
    const given = { complete: true, examples: [one(-0.1), one(0)] } as unknown as Parameters<typeof examplesAnswer>[0];
    expect(examplesAnswer(given)).toContain('needs none of its examples');
  });

  it('without groups the closest two points are named, never two copies of one vector', () => {
    const cosine = [
      [1, 1, 0.2],
      [1, 1, 0.3],
      [0.2, 0.3, 1],
    ];
    const given = { facts: { names: ['a', 'b', 'c'] }, picture: { layer: 5, cosine, separation: null } };
    expect(embeddingsAnswer(given as unknown as Parameters<typeof embeddingsAnswer>[0])).toMatch(
      /^“b” and “c” lie closest, with a cosine of \.30/,
    );
  });

  it.each([
    [{ neighbours: 1, chance: 0.28, chanceSpread: 0.4 }, /^Too few points to tell: 100 %.*28 % by chance/],
    [{ neighbours: 0.76, chance: 0.23, chanceSpread: 0.05 }, /^Groups lie together: 76 %/],
    [{ neighbours: 0.3, chance: 0.23, chanceSpread: 0.05 }, /^Groups do not lie together: 30 %/],
  ])('groups are judged against luck, and not where luck could do everything', (separation, words) => {
    const given = { facts: { names: [] }, picture: { layer: 5, cosine: null, separation } };
    expect(embeddingsAnswer(given as unknown as Parameters<typeof embeddingsAnswer>[0])).toMatch(words);
  });

  it('statements are counted when all are read', () =>
    expect(countWords({ complete: false, statements: [] } as unknown as Parameters<typeof countWords>[0])).toBe(''));
});
