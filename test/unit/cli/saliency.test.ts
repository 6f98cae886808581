/** `prompt-lens saliency` on a made-up engine: its requests, its report, and the text that people read. */
import { describe, expect, it } from 'vitest';
import type { Faithfulness, SaliencyResult } from '../../../src/analysis/saliency/contract';
import { ProblemError } from '../../../src/protocol/problem';
import { fakePrompt, run, type stage } from './fakeEngine';
import { lane } from './fakeSaliency';

type Handlers = NonNullable<NonNullable<Parameters<typeof stage>[0]>['handlers']>;

const target = { ids: [7], text: ' Paris', logprob: Math.log(0.75), position: 5, contrast: null, boundary: null };
const faithfulness = (mostFirst: number): Faithfulness => ({
  fractions: [0, 1],
  mostFirst: [-1, -3],
  leastFirst: [-1, -2],
  random: { orders: 2, seed: 0, mean: [-1, -3], spread: [0, 0] },
  area: { mostFirst, leastFirst: -1.5, random: -2, randomSpread: 0.25 },
});
const unreliable = { sum: 1, difference: 2, steps: 512, baseline: 'zero' as const, reliable: false };

function engine(change: Partial<SaliencyResult> = {}) {
  const asked: unknown[] = [];
  const saliency: Handlers['saliency'] = (params) => {
    asked.push(params);
    const result: SaliencyResult = {
      ...{ target, operator: params.operator, by: params.by, scope: params.scope },
      units: [
        { text: ' capital', start: 3, end: 11, tokens: [1, 2] },
        { text: ' of France', start: 11, end: 21, tokens: [2, 4] },
        { text: ' is', start: 21, end: 24, tokens: [4, 5] },
      ],
      unscored: [2],
      methods: [
        lane('occlusion', [2, -1, null], { faithfulness: faithfulness(-2.5) }),
        lane('input', [0.5, 0.25, 0.125], { faithfulness: faithfulness(-2.1) }),
        lane('integrated', [1, 2, 3], { completeness: unreliable }),
      ],
      coarse: null,
      agreement: [
        [1, 0.5, null],
        [0.5, 1, null],
        [null, null, null],
      ],
      warnings: [],
      random: { seed: 0, areas: [-1.75, -2.25] },
      complete: true,
      ...change,
    };
    return { prompt: fakePrompt(params.prompt), runMs: 3, reused: 0, result };
  };
  return { asked, handlers: { saliency } };
}

const reported = async (change?: Partial<SaliencyResult>) =>
  JSON.parse((await run(['saliency', 'a.txt', '--json'], engine(change))).output).result;

describe('saliency', () => {
  it('asks for the panel’s methods by token, and for what the options say, without any limit', async () => {
    const { asked, handlers } = engine();
    await run(['saliency', 'a.txt'], { handlers });
    const words = '--methods rollout,occlusion,rollout --operator delete --by /x+/ --scope user --no-faithfulness';
    await run(['saliency', 'a.txt', ...words.split(' '), '--target', ' Rome', '--contrast', ' Paris'], { handlers });
    const always = { steps: null, warnings: true, limits: 'none' };
    expect(asked).toEqual([
      expect.objectContaining({
        ...{ ...always, methods: ['occlusion', 'input', 'integrated', 'attention'], target: {}, curves: true },
        ...{ operator: 'knockout', by: 'token', pattern: null, scope: 'all', replacement: null },
      }),
      expect.objectContaining({
        ...{
          ...always,
          methods: ['rollout', 'occlusion'],
          target: { text: ' Rome', contrast: ' Paris' },
          curves: false,
        },
        ...{ operator: 'delete', by: 'match', pattern: '/x+/', scope: 'user' },
      }),
    ]);
  });

  it('reports scores, curves, chance and agreement by the methods’ names', async () => {
    expect(await reported()).toEqual({
      ...{ target, operator: 'knockout', by: 'token', scope: 'all', warnings: [] },
      units: [
        { text: ' capital', start: 3, end: 11, tokens: [1, 2] },
        { text: ' of France', start: 11, end: 21, tokens: [2, 4] },
        { text: ' is', start: 21, end: 24, tokens: [4, 5] },
      ],
      methods: {
        occlusion: {
          ...{ scores: [2, -1, null], area: -2.5, completeness: null, note: null },
          curves: { fractions: [0, 1], mostFirst: [-1, -3], leastFirst: [-1, -2] },
        },
        input: {
          ...{ scores: [0.5, 0.25, 0.125], area: -2.1, completeness: null, note: null },
          curves: { fractions: [0, 1], mostFirst: [-1, -3], leastFirst: [-1, -2] },
        },
        integrated: {
          ...{ scores: [1, 2, 3], area: null, curves: null, completeness: unreliable },
          note: 'not converged: not to be read',
        },
      },
      random: { seed: 0, area: [-1.75, -2.25], mean: -2, spread: 0.25 },
      agreement: {
        occlusion: { input: 0.5, integrated: null },
        input: { occlusion: 0.5, integrated: null },
        integrated: { occlusion: null, input: null },
      },
    });
  });

  it('goes on where a method is refused, and says why', async () => {
    const refused = new ProblemError('outOfMemory', ['3', '2']).problem;
    const methods = [lane('input', [null, null, null], { refused }), lane('occlusion', [2, -1, null])];
    const change = { methods, agreement: [], random: null };
    const result = await reported(change);
    expect(result.methods.input).toMatchObject({
      note: `${refused.message} ${refused.remedy}`,
      area: null,
      curves: null,
    });
    expect([result.methods.occlusion.scores, result.random]).toEqual([[2, -1, null], null]);
    const { status, output } = await run(['saliency', 'a.txt'], engine(change));
    expect(status).toBe(0);
    expect(output).toContain(`input: ${refused.message}`);
    expect(output).toMatch(/ {8}2 {2}·capital +– +2\.00 +│████████████\n/);
  });

  it('shows people the methods side by side, what chance does, and how far they agree', async () => {
    const { output } = await run(['saliency', 'a.txt'], engine());
    expect(output).toContain('Why ·Paris .75\n');
    expect(output).toMatch(/positions {2}text +occlusion +input +integrated {2}occlusion, against \| for\n/);
    expect(output).toMatch(/ {8}2 {2}·capital +2\.00 {2}0\.500 +1\.00 {14}│████████████\n/);
    expect(output).toMatch(/ {8}5 {2}·is +– {2}0\.125 +3\.00\n/);
    expect(output).toMatch(/occlusion, highest score first +-2\.50 {2}below chance\n/);
    expect(output).toMatch(/input, highest score first +-2\.10 {2}no better than chance\n/);
    expect(output).toMatch(/2 random orders {2,}-2\.00 ± 0\.25\n/);
    expect(output).toMatch(/\nocclusion +0\.50 +–\n/);
    expect(output).toContain('integrated: not converged: not to be read');
    expect(output).toContain('the whole target is read from inside “·is”');
  });

  it.each([
    [
      { kind: 'repeated' as const, units: [0, 1] },
      '“capital” stands here 2 times: each copy can stand in for the others',
    ],
    [{ kind: 'saturated' as const, probability: 0.995 }, 'hardly moves it'],
  ])('warns people: %j', async (warning, sentence) => {
    expect((await run(['saliency', 'a.txt'], engine({ warnings: [warning] }))).output).toContain(sentence);
  });

  it('writes a column for each method, and says in every row what is not to be read', async () => {
    const { files } = await run(['saliency', 'a.txt', '--csv', 's.csv', '--svg', 's.svg'], engine());
    const [head, first, , last] = String(files.get('s.csv')).trimEnd().split('\r\n');
    expect(head).toBe(
      'text,start,end,firstPositionFrom1,lastPositionFrom1,occlusion,input,integrated,integratedSteps,integratedReliable,fingerprint',
    );
    expect(first).toMatch(/^ capital,3,11,2,2,2,0\.5,1,512,false,[0-9a-f]{16}$/);
    expect(last).toMatch(/^ is,21,24,5,5,,0\.125,3,512,false,/);
    expect(String(files.get('s.svg'))).toContain('occlusion from -1 to 2');
  });

  it.each([
    [['--methods', 'occlusion,smooth'], 'It must be some of occlusion, input, integrated'],
    [['--methods', ''], 'It must be some of'],
    [['--operator', 'mask'], 'Allowed choices are knockout, delete, replace'],
    [['--save', 'x.safetensors'], 'computes no tensors'],
  ])('refuses %j', async (words, sentence) => {
    const { status, errors, engines } = await run(['saliency', 'a.txt', ...words], engine());
    expect([status, engines.started]).toEqual([2, 0]);
    expect(errors).toContain(sentence);
  });
});
