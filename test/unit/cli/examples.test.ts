/** `prompt-lens examples` on a made-up engine: its requests, its report, and the text that people read. */
import { describe, expect, it } from 'vitest';
import type { ExamplesResult } from '../../../src/analysis/examples/contract';
import { ProblemError } from '../../../src/protocol/problem';
import { fakePrompt, run, type stage } from './fakeEngine';

type Handlers = NonNullable<NonNullable<Parameters<typeof stage>[0]>['handlers']>;

const target = { ids: [7], text: ' Paris', logprob: Math.log(0.75), position: 5, contrast: null, boundary: null };
const one = {
  unit: { text: 'The capital', start: 0, end: 11, tokens: [0, 2] as [number, number] },
  label: { text: 'capital', start: 4, end: 11, tokens: [1, 2] as [number, number] },
  attention: [0.125, 0.25],
  strongest: [
    { head: 1, weight: 0.25 },
    { head: 0, weight: 0.5 },
  ],
};
const examples: ExamplesResult['examples'] = [
  { ...one, score: 2 },
  {
    ...one,
    unit: { text: ' of France', start: 11, end: 21, tokens: [2, 4] },
    label: { text: 'France', start: 15, end: 21, tokens: [3, 4] },
    score: -1,
  },
];

function engine() {
  const asked: unknown[] = [];
  const handlers: Handlers = {
    examples: (params) => {
      asked.push(params);
      const result: ExamplesResult = { target, examples, complete: true };
      return { prompt: fakePrompt(params.prompt), runMs: 3, reused: 0, result };
    },
  };
  return { asked, handlers };
}

describe('examples', () => {
  it('asks for what is explained, and reports each example with its label', async () => {
    const { asked, handlers } = engine();
    const words = ['examples', 'a.txt', '--target', ' Rome', '--contrast', ' Paris', '--json'];
    const { status, output } = await run(words, { handlers });
    expect(status).toBe(0);
    expect(asked).toEqual([expect.objectContaining({ target: { text: ' Rome', contrast: ' Paris' } })]);
    expect(JSON.parse(output).result).toEqual({
      target,
      examples: examples.map(({ unit, label, score, attention, strongest }) => ({
        ...{ ...unit, label, leaveOneOut: score, labelWeight: attention, strongest },
      })),
    });
  });

  it('shows people what each is worth, and which head reads its label most', async () => {
    const { output } = await run(['examples', 'a.txt'], engine());
    expect(output).toContain('Why ·Paris .75\n');
    expect(output).toMatch(/ {6}1–2 {2}The·capital +capital +2\.000 {14}│████████████ +\.50 {2}block 1, head 0\n/);
    expect(output).toMatch(/ {6}3–4 {2}·of·France +France +-1\.000 {8}██████│ +\.50 {2}block 1, head 0\n/);
  });

  it('writes a table that counts positions from 1', async () => {
    const { files } = await run(
      ['examples', 'a.txt', '--csv', 'e.csv', '--svg', 'e.svg', '--html', 'e.html'],
      engine(),
    );
    const [head, first, second] = String(files.get('e.csv')).trimEnd().split('\r\n');
    expect(head).toBe(
      'text,start,end,firstPositionFrom1,lastPositionFrom1,label,labelFirstPositionFrom1,labelLastPositionFrom1,leaveOneOut,strongestLayer,strongestHead,strongestWeight,fingerprint',
    );
    expect(first).toMatch(/^The capital,0,11,1,2,capital,2,2,2,1,0,0\.5,[0-9a-f]{16}$/);
    expect(second).toMatch(/^ of France,11,21,3,4,France,4,4,-1,1,0,0\.5,/);
    expect(String(files.get('e.svg'))).toContain('leaveOneOut from -1 to 2');
    expect(String(files.get('e.html'))).toContain('strongestWeight');
  });

  it('says in one line that there are none', async () => {
    const handlers: Handlers = {
      examples: () => {
        throw new ProblemError('noExamples');
      },
    };
    const { status, output, errors } = await run(['examples', 'a.txt'], { handlers });
    expect([status, output]).toEqual([1, '']);
    expect(errors).toContain('The prompt has no examples before its question.');
  });
});
