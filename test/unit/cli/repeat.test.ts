/** `prompt-lens repeat` on a made-up engine: its requests and the text that people read. */
import { describe, expect, it } from 'vitest';
import type { RepeatResult, RepeatStep, RepeatWay } from '../../../src/analysis/repeat/contract';
import { fakePrompt, run, type stage } from './fakeEngine';

type Handlers = NonNullable<NonNullable<Parameters<typeof stage>[0]>['handlers']>;

const same: RepeatWay = {
  ...{ name: 'again', runs: 1, passes: null, logits: 0, logprob: 0, at: { logits: null, logprob: null } },
  ...{ firstDifference: null, instead: [], itself: { compared: 1, differing: 0, logits: 0, logprob: 0 } },
};
const step = (position: number, text: string, gap: number, second: string, fragile = false): RepeatStep => ({
  ...{ position, id: position, text, gap, fragile },
  second: { id: 90 + position, text: second },
});
const agreeing: RepeatResult = {
  ways: [same, { ...same, name: 'withoutCache', runs: 2, logits: 0.00005, logprob: 0.00004 }],
  ...{ logits: 0.00005, logprob: 0.00004, parts: null, text: ' Paris.\n', finish: 'length', complete: true },
  steps: [step(5, ' Paris', 3, ' the'), step(6, '.', 0.5, ','), step(7, '\n', 1, ' ')],
};
const parting: RepeatResult = {
  ...agreeing,
  ways: [
    same,
    { ...same, name: 'withoutCache', runs: 2, logits: 0.3, firstDifference: 1, instead: [{ id: 7, text: ', a' }] },
  ],
  ...{ logits: 0.3, parts: { step: 1, tokens: [] }, text: ' Paris.', finish: 'stop' },
  steps: [step(5, ' Paris', 3, ' the'), step(6, '.', 0.5, ',', true), step(7, '<end>', 1, ' ')],
};

function engine(result: RepeatResult) {
  const asked: unknown[] = [];
  const repeat: Handlers['repeat'] = (params) => {
    asked.push(params);
    return { prompt: fakePrompt(params.prompt), runMs: 3, reused: 0, result };
  };
  return { asked, handlers: { repeat } };
}

describe('repeat', () => {
  it('asks for 40 tokens and two runs of each way unless told otherwise', async () => {
    const { asked, handlers } = engine(agreeing);
    expect((await run(['repeat', 'a.txt'], { handlers })).status).toBe(0);
    await run('repeat a.txt --max-tokens 5 --runs 9'.split(' '), { handlers });
    expect(asked).toEqual([
      expect.objectContaining({ maxTokens: 40, runs: 2 }),
      expect.objectContaining({ maxTokens: 5, runs: 9 }),
    ]);
  });

  it('says to people that it is the same, and how close it came', async () => {
    const { output } = await run(['repeat', 'a.txt'], engine(agreeing));
    expect(output.split('\n').slice(0, 2)).toEqual([
      'Yes: the same 3 tokens in 2 ways of computing.',
      'A logit moves by 0.00005 at most, so a lead below 0.0001 could turn over: 0 of 3 steps are that close.',
    ]);
    expect(output).toMatch(/^ Paris\.$/m);
    expect(output).toMatch(/^again +1 +0 {2}the same$/m);
    expect(output).toMatch(/^without stored values +2 +0\.00005 {2}the same$/m);
  });

  it('says where it parts, marks what is fragile, and ends with the end token', async () => {
    const { output } = await run(['repeat', 'a.txt'], engine(parting));
    expect(output).toMatch(/^No: when computed without stored values, it differs from step 2 of 3 on\.\n/);
    expect(output).toContain('a lead below 0.6 could turn over: 1 of 3 steps is that close.');
    expect(output).toMatch(/^ Paris\[\.\|,\]<end>$/m);
    expect(output).toMatch(/^without stored values .* differs from step 2 on: ,·a$/m);
  });

  it('says so where not a bit differs', async () => {
    const { output } = await run(['repeat', 'a.txt'], engine({ ...agreeing, ways: [same], logits: 0 }));
    expect(output).toContain('\nEvery logit is the same to the last bit.\n');
  });

  it('reports what it is told, as JSON, as a table and as a picture', async () => {
    const words = ['repeat', 'a.txt', '--json', '--csv', 'r.csv', '--svg', 'r.svg', '--html', 'r.html'];
    const { output, files } = await run(words, engine(parting));
    expect(JSON.parse(output)).toMatchObject({ command: 'repeat', result: parting });
    const lines = String(files.get('r.csv')).trim().split(/\r?\n/);
    expect(lines[0]).toBe('stepFrom1,positionFrom1,id,text,gap,secondId,secondText,fragile,fingerprint');
    expect(lines[2]).toMatch(/^2,7,6,\.,0\.5,96,",",true,[0-9a-f]{16}$/);
    expect(lines).toHaveLength(4);
    expect(files.get('r.svg')).toContain('below 0.6 it could turn over');
    expect(files.get('r.html')).toContain('<svg');
  });

  it.each([
    ['--runs', '1', 'It must be a whole number from 2 to 100.'],
    ['--max-tokens', '0', 'It must be a whole number from 1 to'],
  ])('refuses %s %s before an engine is started', async (flag, value, cause) => {
    const { status, errors, engines } = await run(['repeat', 'a.txt', flag, value], engine(agreeing));
    expect(status).toBe(2);
    expect(errors).toContain(cause);
    expect(engines.started).toBe(0);
  });
});
