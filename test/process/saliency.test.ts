/** The request behind the Saliency tab, to the real engine: the order of its results, and what stays when it ends early. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SaliencyMethod, SaliencyParams, SaliencyResult } from '../../src/analysis/saliency/contract';
import type { PromptInput } from '../../src/protocol/model';
import type { PartialProgress } from '../../src/protocol/request';
import { alone, watched } from '../fixtures/saliencyAsked';
import { endEngines, engineOptions, type ForkedEngine, forkEngine, problemOf, quickly, raw } from './forkEngine';

const review = 'Review: The film was dull and far too long.\nSentiment:';
const report = 'Nobody slept. The river rose in the night and took the old bridge. At dawn the mayor rang the';

const methods: SaliencyMethod[] = ['occlusion', 'input', 'attention'];

const asked = (text: string | PromptInput, params: Partial<SaliencyParams> = {}): SaliencyParams => ({
  prompt: typeof text === 'string' ? raw(text) : text,
  target: {},
  ...alone,
  ...watched,
  methods,
  ...params,
});

type Partial_ = PartialProgress<SaliencyResult>;
const known = ({ partial }: Partial_, method: SaliencyMethod) =>
  partial.methods.find((one) => one.method === method)?.scores.filter((score) => score !== null).length ?? 0;

let engine: ForkedEngine;

async function started(): Promise<ForkedEngine> {
  const fresh = forkEngine();
  await fresh.channel.request('load', engineOptions());
  return fresh;
}

beforeAll(async () => {
  engine = await started();
});
afterAll(() => endEngines());

describe('saliency', () => {
  it('grows: every score once known stays, and the result has them all', async () => {
    const partials: Partial_[] = [];
    const { prompt, result } = await engine.channel.request('saliency', asked(report), {
      onProgress: (step) => partials.push(step),
    });
    const T = prompt.tokens.length;
    expect(T).toBeGreaterThan(20);
    expect(partials.length).toBeGreaterThan(3);
    for (const method of methods) {
      const counts = partials.map((step) => known(step, method));
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
    }
    const of = (is: (step: Partial_) => boolean) => partials.findIndex(is);
    const occlusion = of((step) => known(step, 'occlusion') > 0);
    const curves = of(({ partial }) => partial.methods.some(({ faithfulness }) => faithfulness !== null));
    expect(known(partials[occlusion], 'attention')).toBe(T);
    expect(partials[occlusion].partial.coarse?.units.length).toBeGreaterThan(1);
    expect(curves).toBeGreaterThan(occlusion);
    for (const { prompt: own, partial, done, total } of partials) {
      expect([own.tokens.length, partial.units.length, partial.complete]).toEqual([T, T, false]);
      expect(done).toBeLessThanOrEqual(total);
    }
    const last = partials[partials.length - 1].partial.methods;
    result.methods.forEach(({ scores, faithfulness }, index) => {
      // The last token attends to itself even when it is closed to all others.
      expect(scores.indexOf(null)).toBe(methods[index] === 'occlusion' ? T - 1 : -1);
      expect(faithfulness).not.toBeNull();
      last[index].scores.forEach((score, unit) => {
        if (score !== null) expect(score).toBe(scores[unit]);
      });
    });
    expect([result.complete, result.unscored, result.agreement.length]).toEqual([true, [T - 1], 3]);
    expect(result.agreement.flat()).not.toContain(null);
  }, 180_000);

  it('of the review names the word that carries it', async () => {
    const { result } = await engine.channel.request(
      'saliency',
      asked(review, { by: 'word', target: { text: ' Negative', contrast: ' Positive' }, methods: ['occlusion'] }),
    );
    const [{ scores }] = result.methods;
    const best = scores.indexOf(Math.max(...(scores as number[])));
    expect(['dull', 'long', 'too']).toContain(result.units[best].text.trim());
  });

  it('of what is selected and of a variable’s value', async () => {
    const at = review.indexOf('dull');
    const prompt = {
      kind: 'raw',
      file: null,
      text: review,
      pieces: [{ at: 0, length: review.length, source: [0, review.length] }],
    };
    const selection: SaliencyParams['selection'] = [[at, at + 4]];
    const methods: SaliencyMethod[] = ['occlusion'];
    const selected = await engine.channel.request(
      'saliency',
      asked(prompt as PromptInput, { by: 'selection', selection, methods }),
    );
    expect(selected.result.units.map(({ text }) => text)).toEqual([' dull']);
    const slotted = await engine.channel.request(
      'saliency',
      asked({ ...prompt, slots: selection } as PromptInput, { by: 'slot', methods }),
    );
    expect(slotted.result.units).toEqual(selected.result.units);
    expect(slotted.result.methods[0].scores).toEqual(selected.result.methods[0].scores);
  });

  it.each<[string, Partial<SaliencyParams>, string]>([
    ['an expression that is none', { by: 'match', pattern: '(' }, 'patternInvalid'],
    ['an expression without end', { by: 'match', pattern: '(.+)+\\1\\n$x' }, 'patternSlow'],
    ['an expression that is nowhere', { by: 'match', pattern: 'zebra' }, 'noUnits'],
    ['no selection', { by: 'selection' }, 'noSelection'],
    ['no variable', { by: 'slot' }, 'noSlots'],
    ['to delete the whole', { by: 'message', operator: 'delete' }, 'nothingLeft'],
    ['a target of no token', { target: { text: '' } }, 'targetEmpty'],
    ['a contrast of no token', { target: { contrast: '' } }, 'targetEmpty'],
    ['a token that is none', { operator: 'replace', replacement: 50_000 }, 'outOfRange'],
  ])('refuses %s at once', async (_, params, code) => {
    const problem = await quickly(problemOf(engine.channel.request('saliency', asked(report, params))));
    expect(problem.code).toBe(code);
  });

  it('keeps what it handed out when it is cancelled, and answers the next request', async () => {
    const controller = new AbortController();
    let last: Partial_ | null = null;
    const running = engine.channel.request('saliency', asked(report), {
      signal: controller.signal,
      onProgress: (step) => {
        last = step;
        if (known(step, 'occlusion') > 0) controller.abort();
      },
    });
    expect((await problemOf(running)).code).toBe('cancelled');
    const kept = last as unknown as Partial_;
    expect(known(kept, 'occlusion')).toBeLessThan(kept.prompt.tokens.length);
    expect(known(kept, 'attention')).toBe(kept.prompt.tokens.length);
    const next = engine.channel.request('saliency', asked('The capital of France is', { methods: ['attention'] }));
    expect((await quickly(next)).result.complete).toBe(true);
  });

  it('keeps what it handed out when the engine is killed', async () => {
    const victim = await started();
    let partials = 0;
    const running = victim.channel.request('saliency', asked(report), {
      onProgress: () => {
        partials++;
        victim.child.kill('SIGKILL');
      },
    });
    expect((await problemOf(running)).code).toBe('engineGone');
    expect(partials).toBeGreaterThan(0);
    await victim.ended;
  });
});
