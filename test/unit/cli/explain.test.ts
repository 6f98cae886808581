/** The commands that explain an answer, on a made-up engine: their requests and the text that people read. */
import { describe, expect, it } from 'vitest';
import type { TargetResult } from '../../../src/analysis/shared/contract';
import type { OcclusionResult } from '../../../src/cli/commands/occlusion';
import { ProblemError } from '../../../src/protocol/problem';
import { fakePrompt, run, type stage, text } from './fakeEngine';
import { occlusionAnswer } from './fakeSaliency';

type Handlers = NonNullable<NonNullable<Parameters<typeof stage>[0]>['handlers']>;

const target: TargetResult = {
  ids: [7],
  text: ' Paris',
  logprob: Math.log(0.75),
  position: 5,
  contrast: null,
  boundary: null,
};

function engine() {
  const asked: unknown[] = [];
  const keep = <P, R>(params: P, result: R) => {
    asked.push(params);
    const { prompt } = params as { prompt: Parameters<typeof fakePrompt>[0] };
    return { prompt: fakePrompt(prompt), runMs: 3, reused: 0, result };
  };
  const occlusion: OcclusionResult = {
    target,
    operator: 'knockout',
    by: 'word',
    units: [
      { text: ' capital', start: 3, end: 11, tokens: [1, 2], score: 2 },
      { text: ' of France', start: 11, end: 21, tokens: [2, 4], score: -1 },
    ],
    faithfulness: {
      fractions: [0, 1],
      mostFirst: [-1, -3],
      leastFirst: [-1, -3],
      random: { orders: 5, seed: 0, mean: [-1, -3], spread: [0, 0] },
      area: { mostFirst: -2.5, leastFirst: -1.5, random: -2, randomSpread: 0.25 },
    },
  };
  const row = (top: string, rank: number) => ({
    top: [{ id: 1, text: top, logprob: Math.log(0.5) }],
    ...{ entropy: 1, change: null, follow: [{ logprob: Math.log(0.5), rank }] },
  });
  const handlers: Handlers = {
    saliency: (params) => keep(params, occlusionAnswer(occlusion)),
    follow: () => ({ own: 5, kept: 4, boundary: null, tokens: [{ id: 9, text: ' Rome', bytes: '20526f6d65' }] }),
    logitLens: (params) => {
      const { positions, follow } = params;
      const table = {
        positions: 'last' in positions ? [4] : positions,
        follow: follow.map((id) => ({ id, text: '' })),
        target: null,
      };
      return keep(params, { ...table, cells: [[row(' a', 1234), row(' Paris', 0)]] });
    },
    heads: (params) =>
      keep(params, {
        target,
        knockout: [
          [0.5, -2],
          [1, 0],
        ],
        ...{ preview: null, summaries: [], complete: true },
      }),
    patching: (params) =>
      keep(params, {
        from: fakePrompt(params.from),
        stretches: [],
        map: {
          ...{ target, value: -1, second: -2, heads: [], residualPreview: null, headsPreview: null, complete: true },
          residual: [
            [0, 1, 0, 0, 0],
            [0, 0, 0, 0, 1],
          ],
        },
      }),
  };
  return { asked, handlers, occlusion };
}

describe('occlusion', () => {
  it('asks for what the options say and reports what it is told', async () => {
    const { asked, handlers, occlusion } = engine();
    const words = 'occlusion a.txt --operator delete --by /x+/i --scope user --replacement 5 --no-faithfulness --json';
    const { status, output } = await run([...words.split(' '), '--target', ' Rome', '--contrast', ' Paris'], {
      handlers,
    });
    expect(status).toBe(0);
    expect(JSON.parse(output).result).toEqual(occlusion);
    expect(asked).toEqual([
      expect.objectContaining({
        target: { text: ' Rome', contrast: ' Paris' },
        operator: 'delete',
        by: 'match',
        pattern: '/x+/i',
        scope: 'user',
        replacement: 5,
        methods: ['occlusion'],
        curves: false,
        ...{ warnings: false, limits: 'none' },
      }),
    ]);
  });

  it('closes every token of the whole prompt to the likeliest next one unless told otherwise', async () => {
    const { asked, handlers } = engine();
    await run(['occlusion', 'a.txt'], { handlers });
    await run(['occlusion', 'a.txt', '--at', '4'], { handlers });
    const usual = {
      operator: 'knockout',
      by: 'token',
      pattern: null,
      scope: 'all',
      replacement: null,
      methods: ['occlusion'],
      curves: true,
      ...{ warnings: false, limits: 'none' },
    };
    expect(asked).toEqual([
      expect.objectContaining({ ...usual, target: {} }),
      expect.objectContaining({ ...usual, target: { span: [3, 4] } }),
    ]);
  });

  it('takes several of the prompt’s own tokens as the target', async () => {
    const { asked, handlers } = engine();
    await run(['occlusion', 'a.txt', '--at', '3-5', '--contrast', ' Rome'], { handlers });
    expect(asked).toEqual([expect.objectContaining({ target: { span: [2, 5], contrast: ' Rome' } })]);
  });

  it('takes stretches of the file as units, both ends included', async () => {
    const { asked, handlers } = engine();
    await run(['occlusion', 'a.txt', '--by', '5-11,16-21'], { handlers });
    const ranges = [
      [4, 11],
      [15, 21],
    ];
    expect(asked).toEqual([expect.objectContaining({ by: 'selection', pattern: null, selection: ranges })]);
    expect(ranges.map(([start, end]) => text.slice(start, end))).toEqual(['capital', 'France']);
  });

  it.each([
    ['UTF-8', Buffer.from(`\ufeff${text}`)],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ])('counts no byte order mark of %s among the characters of the file', async (_, bytes) => {
    const { asked, handlers } = engine();
    const line = ['occlusion', 'a.txt', '--by', '5-11', '--at', '4'];
    await run(line, { handlers, files: { 'a.txt': text } });
    await run(line, { handlers, files: { 'a.txt': bytes } });
    const prompt = expect.objectContaining({
      text,
      pieces: [{ at: 0, length: text.length, source: [0, text.length] }],
    });
    expect(asked[1]).toEqual(expect.objectContaining({ prompt, selection: [[4, 11]] }));
    expect(asked[1]).toEqual(asked[0]);
  });

  it('shows people a bar with a sign, and how far to believe it', async () => {
    const { handlers } = engine();
    const { output } = await run(['occlusion', 'a.txt'], { handlers });
    expect(output).toContain('Why ·Paris .75\n');
    expect(output).toMatch(/ {8}2 {2}·capital +2\.000 {14}│████████████\n/);
    expect(output).toMatch(/3–4 {2}·of·France +-1\.000 {2} {6}██████│\n/);
    expect(output).toContain('highest score first -2.50, lowest first -1.50, 5 random orders -2.00 ± 0.25');
  });

  it('shows no score, and why, where the target is read inside a unit, and says what stands behind it', async () => {
    const { handlers, occlusion } = engine();
    const [first, second] = occlusion.units;
    occlusion.units = [first, { ...second, score: null }, { ...second, tokens: [5, 6], text: ' now', score: 0 }];
    const { output, files } = await run(['occlusion', 'a.txt', '--csv', 'out.csv'], { handlers });
    expect(output).toMatch(/·of·France +–\n/);
    expect(output).toContain('the whole target is read from inside ·of·France');
    expect(output).toContain('--operator delete');
    expect(output).toContain('1 of 3 come after the target and score 0');
    expect(String(files.get('out.csv')).split('\r\n')[2]).toMatch(/^ of France,.*,,[0-9a-f]{16}$/);
    const json = JSON.parse((await run(['occlusion', 'a.txt', '--json'], { handlers })).output);
    expect(json.result.units.map(({ score }: { score: number | null }) => score)).toEqual([2, null, 0]);
  });

  it('fails with the engine’s sentence where the method is refused', async () => {
    const { handlers, occlusion } = engine();
    const refused = new ProblemError('outOfMemory', ['3', '2']).problem;
    const answer = occlusionAnswer(occlusion);
    const methods = answer.methods.map((each) => ({ ...each, refused }));
    const saliency: Handlers['saliency'] = ({ prompt }) => {
      return { prompt: fakePrompt(prompt), runMs: 3, reused: 0, result: { ...answer, methods } };
    };
    const { status, output, errors } = await run(['occlusion', 'a.txt'], { handlers: { ...handlers, saliency } });
    expect([status, output]).toEqual([1, '']);
    expect(errors).toContain(refused.message);
  });

  it('stands where no unit has a score', async () => {
    const { handlers, occlusion } = engine();
    occlusion.units = [{ ...occlusion.units[0], score: null }];
    occlusion.faithfulness = null;
    const { status, output } = await run(['occlusion', 'a.txt'], { handlers });
    expect(status).toBe(0);
    expect(output).toMatch(/·capital +–\n/);
    expect(output).not.toContain('random orders');
  });

  it('writes a table', async () => {
    const { handlers } = engine();
    const { files } = await run(['occlusion', 'a.txt', '--csv', 'out.csv'], { handlers });
    const [head, ...rows] = String(files.get('out.csv')).trimEnd().split('\r\n');
    expect(head).toBe('text,start,end,firstPositionFrom1,lastPositionFrom1,score,fingerprint');
    expect(rows.map((row) => row.replace(/,[0-9a-f]{16}$/, ''))).toEqual([
      ' capital,3,11,2,2,2',
      ' of France,11,21,3,4,-1',
    ]);
  });

  it.each([
    [['--by', 'verse'], "'--by <unit>' argument 'verse' is invalid. It must be one of token"],
    [['--target', 'x', '--at', '2'], 'cannot be used with'],
    [['--operator', 'burn'], 'Allowed choices are'],
    [['--at', '0'], 'whole number'],
    [['--at', '1'], 'whole number from 2'],
    [['--at', '5-4'], 'the smaller first'],
    [['--at', '1-3'], 'whole number from 2'],
    [['--at', '2-'], 'whole number from 2'],
    [['--by', '0-4'], "argument '0-4' is invalid. It must be one of token"],
    [['--by', '4-3'], 'stretches of the file'],
    [['--by', '1-3,'], 'stretches of the file'],
  ])('knows wrong usage: %j', async (words, sentence) => {
    const { status, errors } = await run(['occlusion', 'a.txt', ...words]);
    expect(status).toBe(2);
    expect(errors).toContain(sentence);
  });
});

describe('lens', () => {
  it('asks for the last position unless told otherwise, and explains nothing else', async () => {
    const { asked, handlers } = engine();
    const layersOf = async (...words: string[]) =>
      JSON.parse((await run(['lens', 'a.txt', '--json', ...words], { handlers })).output).result.layers;
    const [own, followed] = [await layersOf(), await layersOf('--position', '3', '--target', ' Rome', '--top', '3')];
    await layersOf('--target', ' Rome');
    const ids = [own, followed].map((layers) => layers.map(({ target: { id } }: { target: { id: number } }) => id));
    expect(ids).toEqual([
      [1, 1],
      [9, 9],
    ]);
    const plain = { target: null, change: false };
    expect(asked).toEqual([
      expect.objectContaining({ ...plain, positions: { last: 1 }, follow: [], top: 10 }),
      expect.objectContaining({ ...plain, positions: [2], follow: [9], top: 3 }),
      // The position is that of the last token before the text, which takes over one of the prompt's tokens.
      expect.objectContaining({ ...plain, positions: [3], follow: [9], top: 10 }),
    ]);
  });

  it('follows the prompt’s own token where it is said, or elsewhere', async () => {
    const { asked, handlers } = engine();
    const { status } = await run(['lens', 'a.txt', '--at', '3-4'], { handlers });
    await run(['lens', 'a.txt', '--at', '3', '--position', '5'], { handlers });
    expect(status).toBe(0);
    expect(asked).toEqual([
      expect.objectContaining({ positions: [1], follow: [2] }),
      expect.objectContaining({ positions: [4], follow: [2] }),
    ]);
    const { status: refused, errors } = await run(['lens', 'a.txt', '--at', '6'], { handlers });
    expect([refused, errors]).toEqual([2, expect.stringContaining('must be between 2 and 5')]);
  });

  it('shows people what each layer says', async () => {
    const { handlers } = engine();
    const { output } = await run(['lens', 'a.txt'], { handlers });
    expect(output).toMatch(/^After ·is at position 5\n/);
    expect(output).toMatch(/\n +0 {2}·a +\.50 +\.50 +1,235 +█████\n/);
  });
});

describe('heads', () => {
  it('lists the strongest first, whatever their sign', async () => {
    const { asked, handlers } = engine();
    const { output } = await run(['heads', 'a.txt', '--top', '2', '--target', ' Rome'], { handlers });
    expect(asked).toEqual([expect.objectContaining({ target: { text: ' Rome' }, preview: false })]);
    expect(output).toMatch(/\n +0 +1 +-2\.000 +████████████│\n +1 +0 +1\.000 +│██████\n {2}2 weaker heads/);
  });

  it('reports scores by layer and head', async () => {
    const { handlers } = engine();
    const { output } = await run(['heads', 'a.txt', '--json'], { handlers });
    expect(JSON.parse(output).result).toEqual({
      target,
      scores: [
        [0.5, -2],
        [1, 0],
      ],
    });
  });
});

describe('patch', () => {
  it('leaves both prompts open or says which one cannot be', async () => {
    const open = '[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]';
    const files = { 'a.json': open, 'b.json': open, 'c.json': '[{"role": "user", "content": "a"}]' };
    const { asked, handlers } = engine();
    await run(['patch', 'a.json', '--from', 'b.json', '--continue'], { handlers, files });
    expect(asked).toEqual([
      expect.objectContaining({
        prompt: expect.objectContaining({ continueLast: true }),
        from: expect.objectContaining({ continueLast: true }),
      }),
    ]);
    const { status, errors } = await run(['patch', 'a.json', '--from', 'c.json', '--continue'], { handlers, files });
    expect(status).toBe(1);
    expect(errors).toContain('c.json does not end with an assistant message that could be left open.');
    expect(asked).toHaveLength(1);
  });

  it('reads both prompts and shows what each place recovers', async () => {
    const { asked, handlers } = engine();
    const files = { 'b.txt': 'The capital of Italy is' };
    const { output } = await run(['patch', 'a.txt', '--from', 'b.txt'], { handlers, files });
    const from = expect.objectContaining({ text: files['b.txt'] });
    expect(asked).toEqual([expect.objectContaining({ from, parts: ['residual'], preview: false })]);
    expect(output).toMatch(/\n +2 {2}·capital +1\.00 +0\.00 {2}[ ]*│████\n/);
  });

  it('needs as many tokens in both', async () => {
    const files = { 'b.txt': 'The capital of' };
    const handlers: Handlers = {
      patching: ({ prompt, from }) => {
        const result = { from: fakePrompt(from), stretches: [], map: null };
        return { prompt: fakePrompt(prompt), runMs: 3, reused: 0, result };
      },
    };
    const { status, errors } = await run(['patch', 'a.txt', '--from', 'b.txt'], { handlers, files });
    expect(status).toBe(1);
    expect(errors).toMatch(
      /^prompt-lens: a\.txt: The two prompts have 5 and 3 tokens\. Patching needs equal lengths.*\n$/,
    );
  });

  it('needs a second prompt that can be read', async () => {
    expect(await run(['patch', 'a.txt'])).toMatchObject({ status: 2 });
    const { status, errors } = await run(['patch', 'a.txt', '--from', 'none.txt']);
    expect([status, errors]).toEqual([1, expect.stringContaining('none.txt cannot be read')]);
  });
});
