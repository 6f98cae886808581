/** Texts that follow a prompt but begin inside its last token: every command that scores such a text says so, and where. */
import { describe, expect, it } from 'vitest';
import type { ChooseResult } from '../../../src/analysis/choose/contract';
import type { TargetResult } from '../../../src/analysis/shared/contract';
import { fakePrompt, run, type stage } from './fakeEngine';
import { gradientsAnswer, occlusionAnswer } from './fakeSaliency';

type Handlers = NonNullable<NonNullable<Parameters<typeof stage>[0]>['handlers']>;

const boundary = { kept: 4, text: ' \n' };
const target: TargetResult = {
  ids: [7, 8],
  text: ' \nParis',
  logprob: Math.log(0.75),
  position: 4,
  contrast: null,
  boundary,
};
const answered = <R>(params: { prompt: Parameters<typeof fakePrompt>[0] }, result: R) => ({
  prompt: fakePrompt(params.prompt),
  runMs: 3,
  reused: 0,
  result,
});

const handlers: Handlers = {
  saliency: (params) => {
    const [method] = params.methods;
    const scores = fakePrompt(params.prompt).tokens.map(() => 1);
    if (method !== 'occlusion') {
      const { tokens } = fakePrompt(params.prompt);
      return answered(params, gradientsAnswer(tokens, { target, method: 'input', scores, completeness: null }));
    }
    const units = [{ text: ' a', start: 0, end: 2, tokens: [0, 1] as [number, number], score: 2 }];
    return answered(params, occlusionAnswer({ target, operator: 'knockout', by: 'token', units, faithfulness: null }));
  },
  heads: (params) => answered(params, { target, knockout: [[1, 2]], preview: null, summaries: [], complete: true }),
  patching: (params) => {
    const previews = { residualPreview: null, headsPreview: null, heads: [] };
    const map = { target, value: 0, second: 1, residual: [[1], [1]], ...previews, complete: true };
    return answered(params, { from: fakePrompt(params.from), stretches: [], map });
  },
  follow: () => ({ own: 2, kept: 1, boundary, tokens: [{ id: 1, text: 'a', bytes: '61' }] }),
  logitLens: (params) => {
    const layer = {
      top: [{ id: 1, text: 'a', logprob: -1 }],
      entropy: 1,
      change: null,
      follow: [{ logprob: -1, rank: 0 }],
    };
    const positions = 'last' in params.positions ? [1] : params.positions;
    return answered(params, { positions, follow: [], target: null, cells: [[layer]] });
  },
};

describe('the end of a prompt that is scored with the target', () => {
  it.each([
    [['occlusion', 'a.txt'], 'the target. The part that stands there scores 0.'],
    [['gradients', 'a.txt'], 'the target. The part that stands there scores 0.'],
    [['patch', 'a.txt', '--from', 'a.txt'], 'the target. The part that stands there scores 0.'],
    [['heads', 'a.txt'], 'the target.'],
    [['lens', 'a.txt', '--target', 'a'], 'the text.'],
  ])('is named by %s', async (argv, scored) => {
    const { output } = await run(argv, { files: { 'a.txt': 'One two' }, handlers });
    expect(output).toContain(`\n  The prompt's last characters “ ⏎” were scored with ${scored}\n`);
  });
});

const choice = (text: string, probability: number, exclusive: number, ids: number[]) => ({
  text,
  tokens: ids.map((id) => ({ id, text: `${id}`, logprob: Math.log(probability) / ids.length })),
  ...{ logprob: Math.log(probability), probability, share: probability / 0.8, exclusive },
  ...{ logprobPerToken: -0.5, logprobPerByte: -0.125 },
});

function chosen(result: Partial<ChooseResult>): Handlers {
  return {
    choose: (params) =>
      answered(params, { ...{ boundary: null, choices: [], coverage: 0.5, diverge: null, prefixes: [] }, ...result }),
  };
}

const choose = async (result: Partial<ChooseResult>) =>
  (await run(['choose', 'a.txt', '--choices', 'x', 'y'], { files: { 'a.txt': 'One' }, handlers: chosen(result) }))
    .output;

describe('answers', () => {
  it('say what was scored with them, and after what they hold how much', async () => {
    const output = await choose({ boundary: { kept: 1, text: ' ' }, choices: [choice('x', 0.5, 0.5, [1])] });
    expect(output).toContain("The prompt's last characters “ ” were scored with the answers.");
    expect(output).toContain('together they hold .50 of what the model expects after the prompt without those\n');
    expect(output).toContain('one answer alone has a share of 100 %: its probability tells more');
  });

  it('that begin one another say what is their own; equal ones count once, and it is said once', async () => {
    const [one, ten] = [choice(' 1', 0.5, 0.4, [1]), choice(' 10', 0.1, 0.1, [1, 0])];
    const prefixes: ChooseResult['prefixes'] = [
      ...(
        [
          [0, 1],
          [0, 2],
          [0, 3],
          [2, 1],
          [2, 3],
          [1, 3],
        ] as const
      ).map(([a, b]): [number, number] => [a, b]),
    ];
    const output = await choose({ choices: [one, ten, one, ten], prefixes });
    expect(output.match(/begins/g)).toHaveLength(1);
    expect(output).toContain(`"·1" begins "·10": its probability contains the longer one's, .40 are its own`);
    expect(output.match(/"·1" is listed more than once: it counts once/g)).toHaveLength(1);
    expect(output.match(/"·10" is listed more than once: it counts once/g)).toHaveLength(1);
    expect(output).toContain('  -0.500  -0.125  ');
  });
});

describe('white space at the end of a text', () => {
  const noted = async (text: string, ...more: string[]) =>
    (await run(['tokens', 'b.txt', ...more], { files: { 'b.txt': text } })).errors;

  it('is said once, on standard error', async () => {
    expect(await noted('One\n')).toContain('note: the text ends in a line break. Delete it');
    expect(await noted('One ')).toContain('note: the text ends in a space, which belongs to the word that follows.');
    expect(await noted('One')).not.toContain('note:');
    expect(await noted('One\n', '--json')).not.toContain('note:');
  });
});
