/** `prompt-lens gradients` on a made-up engine: its requests and the text that people read. */
import { describe, expect, it } from 'vitest';
import type { GradientMethod } from '../../../src/analysis/saliency/contract';
import type { GradientsResult } from '../../../src/cli/commands/gradients';
import { fakePrompt, run, type stage } from './fakeEngine';
import { gradientsAnswer } from './fakeSaliency';

type Handlers = NonNullable<NonNullable<Parameters<typeof stage>[0]>['handlers']>;

const resultOf = (method: GradientMethod, difference = 0.8, reliable = true): GradientsResult => ({
  target: { ids: [7], text: ' Paris', logprob: Math.log(0.75), position: 5, contrast: null, boundary: null },
  method,
  scores: [0.25, 1, -0.5, 0, 0],
  completeness: method === 'integrated' ? { sum: 0.75, difference, steps: 32, baseline: 'zero', reliable } : null,
});

function engine(difference?: number, reliable?: boolean) {
  const asked: unknown[] = [];
  const saliency: Handlers['saliency'] = (params) => {
    asked.push(params);
    const prompt = fakePrompt(params.prompt);
    const result = resultOf(params.methods[0] as GradientMethod, difference, reliable);
    return { prompt, runMs: 3, reused: 0, result: gradientsAnswer(prompt.tokens, result) };
  };
  return { asked, handlers: { saliency } };
}

describe('gradients', () => {
  it('asks for gradient x input of the likeliest next token unless told otherwise', async () => {
    const { asked, handlers } = engine();
    const { status } = await run(['gradients', 'a.txt'], { handlers });
    expect(status).toBe(0);
    const words = 'gradients a.txt --method integrated --steps 8 --at 4 --contrast x'.split(' ');
    await run(words, { handlers });
    const plain = { by: 'token', scope: 'all', curves: false, warnings: false, limits: 'none' };
    expect(asked).toEqual([
      expect.objectContaining({ ...plain, methods: ['input'], steps: 32, target: {} }),
      expect.objectContaining({ ...plain, methods: ['integrated'], steps: 8, target: { span: [3, 4], contrast: 'x' } }),
    ]);
  });

  it('reports what it is told, as JSON and as a table', async () => {
    const { handlers } = engine();
    const { output, files } = await run(['gradients', 'a.txt', '--method', 'norm', '--json', '--csv', 'g.csv'], {
      handlers,
    });
    const report = JSON.parse(output);
    expect(report.command).toBe('gradients');
    expect(report.result).toEqual(resultOf('norm'));
    expect(report.result.completeness).toBeNull();
    const lines = String(files.get('g.csv')).trim().split(/\r?\n/);
    expect(lines[0]).toBe('positionFrom1,id,text,score,fingerprint');
    expect(lines).toHaveLength(6);
    expect(lines[3]).toMatch(/^3,2,.*of.*,-0\.5,[0-9a-f]{16}$/);
  });

  it('shows people a bar with a sign for every token, and how complete integrated gradients are', async () => {
    const { handlers } = engine();
    const { output } = await run(['gradients', 'a.txt', '--method', 'integrated'], { handlers });
    expect(output).toContain('Why ·Paris .75\n');
    expect(output).toMatch(/2 {2}·capital +1\.0000 +│█{12}\n/);
    expect(output).toMatch(/3 {2}·of +-0\.5000 +█{6}│\n/);
    expect(output).toContain('sum to 0.750; from zero embeddings to the prompt the target changes by 0.800');
    expect(output).not.toContain('not converged');
    const plain = await run(['gradients', 'a.txt'], { handlers });
    expect(plain.output).not.toContain('sum to');
  });

  it('says of integrated gradients that do not add up that they are not to be read, wherever they are put', async () => {
    const { handlers } = engine(-0.5, false);
    const words = ['gradients', 'a.txt', '--method', 'integrated', '--csv', 'g.csv', '--svg', 'g.svg'];
    const { output, files } = await run(words, { handlers });
    expect(output).toContain('.75\nnot converged: not to be read\n');
    expect(output).toContain('sum to 0.750; from zero embeddings to the prompt the target changes by -0.500');
    expect(output).toContain('--steps');
    const lines = String(files.get('g.csv')).trim().split(/\r?\n/);
    expect(lines[0]).toBe('positionFrom1,id,text,score,steps,reliable,fingerprint');
    expect(lines.slice(1).every((line) => /,32,false,[0-9a-f]{16}$/.test(line))).toBe(true);
    expect(String(files.get('g.svg'))).toContain('not converged: not to be read');
  });

  it.each([
    [['--method', 'smooth'], 'Allowed choices are input, norm, integrated'],
    [['--steps', '0'], 'whole number from 1 to 1000'],
    [['--target', 'x', '--at', '2'], 'cannot be used with'],
    [['--save', 'x.safetensors'], 'computes no tensors'],
  ])('refuses %j', async (words, sentence) => {
    const { status, errors, engines } = await run(['gradients', 'a.txt', ...words], engine());
    expect(status).toBe(2);
    expect(errors).toContain(sentence);
    expect(engines.started).toBe(0);
  });
});
