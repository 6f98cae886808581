/** `compare` on a made-up engine: the tokens it aligns, its requests, and the text that people read. */
import { describe, expect, it } from 'vitest';
import type { SaliencyParams, SaliencyResult } from '../../../src/analysis/saliency/contract';
import { fakePrompt, run, type stage } from './fakeEngine';

type Handlers = NonNullable<NonNullable<Parameters<typeof stage>[0]>['handlers']>;

/** Log p of a token is −(its length); the prompt's last word determines the next token. */
function engine() {
  const asked: SaliencyParams[] = [];
  const handlers: Handlers = {
    probabilities: ({ prompt: input }) => {
      const prompt = fakePrompt(input);
      const { tokens } = prompt;
      const italy = tokens.some(({ text }) => text === ' Italy');
      const next = italy
        ? [
            { id: 9, text: ' Rome', logprob: Math.log(0.5) },
            { id: 7, text: ' Paris', logprob: Math.log(0.25) },
          ]
        : [
            { id: 7, text: ' Paris', logprob: Math.log(0.75) },
            { id: 8, text: ' a', logprob: Math.log(0.125) },
          ];
      const result = {
        logprob: tokens.map(({ text }, t) => (t === 0 ? null : -text.length - (italy && text === ' is' ? 2 : 0))),
        rank: tokens.map((_, t) => (t === 0 ? null : t)),
        entropy: tokens.map(() => 1),
        top: tokens.map(() => []),
        ...{ next, perplexity: italy ? 8 : 4 },
      };
      return { prompt, runMs: 3, reused: 0, result, end: null };
    },
    saliency: (params) => {
      asked.push(params);
      const prompt = fakePrompt(params.prompt);
      const last = prompt.tokens.length - 1;
      const units = prompt.tokens.map(({ text, start, end }, t) => ({
        text,
        start,
        end,
        tokens: [t, t + 1] as [number, number],
      }));
      const scores = units.map((_, t) => (t === last ? null : t));
      const result: SaliencyResult = {
        target: { ids: [7], text: ' Paris', logprob: -1, position: last + 1, contrast: null, boundary: null },
        ...{ operator: 'knockout', by: 'token', scope: 'all', units, unscored: [last] },
        methods: params.methods.map((method) => ({
          ...{ method, scores },
          faithfulness: null,
          completeness: null,
          refused: null,
        })),
        ...{ coarse: null, agreement: [], warnings: [], random: null, complete: true },
      };
      return { prompt, runMs: 4, reused: 0, result };
    },
  };
  return { asked, handlers };
}

const files = { 'b.txt': 'The big capital of Italy is' };
const compare = async (words: string[] = []) => {
  const { asked, handlers } = engine();
  return { asked, ...(await run(['compare', 'a.txt', 'b.txt', ...words], { handlers, files })) };
};

describe('compare', () => {
  it('lays the tokens of both prompts side by side, in the order of the texts', async () => {
    const { result, prompt } = JSON.parse((await compare(['--json'])).output);
    expect(result.tokens.map(({ a, b, text }: { a: number; b: number; text: string }) => [a, b, text])).toEqual([
      [0, 0, 'The'],
      [null, 1, ' big'],
      [1, 2, ' capital'],
      [2, 3, ' of'],
      [3, null, ' France'],
      [null, 4, ' Italy'],
      [4, 5, ' is'],
    ]);
    expect(result.tokens[0].logprob).toEqual({ a: null, b: null, difference: null });
    expect(result.tokens[4].logprob).toEqual({ a: -7, b: null, difference: null });
    expect(result.tokens[6]).toMatchObject({ logprob: { a: -3, b: -5, difference: -2 }, score: null });
    expect(result.perplexity).toEqual({ a: 4, b: 8, difference: 4 });
    expect(result.next.tokens.map(({ text }: { text: string }) => text)).toEqual([' Rome', ' Paris', ' a']);
    expect(result.next.tokens[1].logprob.difference).toBeCloseTo(Math.log(1 / 3), 12);
    expect(result.next.tokens[2].logprob).toMatchObject({ b: null, difference: null });
    expect([result.explained, prompt.file, result.second.file]).toEqual([null, 'a.txt', 'b.txt']);
  });

  it('says first how the answer changes, and which tokens changed most', async () => {
    const { output } = await compare();
    expect(output).toMatch(
      /^The answer changes from ·Paris \.75 to ·Rome \.50\. Most changed, in nats: ·is −2\.00\.\n/,
    );
    expect(output).toMatch(/\n +\+ +2 {2}·big +\.018\n/);
    expect(output).toMatch(/\n +4 +− {2}·France +9e−4\n/);
    expect(output).toContain('perplexity 4.000, then 8.000');
  });

  it('explains both prompts where it is told to', async () => {
    const { asked, output } = await compare(['--with', 'occlusion', '--target', ' Paris']);
    const same = {
      target: { text: ' Paris' },
      operator: 'knockout',
      by: 'token',
      scope: 'all',
      methods: ['occlusion'],
    };
    expect(asked).toEqual([expect.objectContaining(same), expect.objectContaining(same)]);
    expect(output).toMatch(/·capital .* 1\.000 +2\.000 +│█+/);
    const json = JSON.parse((await compare(['--with', 'attention', '--json'])).output);
    expect(json.result.explained).toMatchObject({ method: 'attention', a: { text: ' Paris' }, b: { text: ' Paris' } });
    expect(json.result.tokens[2].score).toEqual({ a: 1, b: 2, difference: 1 });
    // Nothing outside the last token reads it, so there is no score to compare.
    expect(json.result.tokens[6].score).toEqual({ a: null, b: null, difference: null });
    expect(json.timing.runMs).toBe(14);
  });

  it('writes a table', async () => {
    const [head, ...rows] = String((await compare(['--csv', 'o.csv'])).files.get('o.csv')).split('\r\n');
    expect(head).toBe('firstPositionFrom1,secondPositionFrom1,text,firstLogprob,secondLogprob,difference,fingerprint');
    expect(rows[1]).toMatch(/^,2, big,,-4,,[0-9a-f]{16}$/);
    expect(rows[6]).toMatch(/^5,6, is,-3,-5,-2,/);
  });

  it.each([
    [['compare', 'a.txt'], 2, "missing required argument 'second'"],
    [['compare', 'a.txt', 'none.txt'], 1, 'none.txt cannot be read'],
    [['compare', '-', '-'], 2, 'Standard input can be read only once'],
    [['compare', 'a.txt', 'b.txt', '--target', 'x'], 2, 'need --with'],
  ] as const)('refuses %j in a sentence', async (words, expected, sentence) => {
    const { status, errors } = await run([...words], { files });
    expect([status, errors.toLowerCase()]).toEqual([expected, expect.stringContaining(sentence.toLowerCase())]);
  });
});
