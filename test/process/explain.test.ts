/** The commands that explain an answer, from the command line to a real engine with the bundled model. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PrintedExamples } from '../../src/cli/commands/examples';
import type { GradientsResult } from '../../src/cli/commands/gradients';
import type { HeadsResult } from '../../src/cli/commands/heads';
import type { LensResult } from '../../src/cli/commands/lens';
import type { OcclusionResult } from '../../src/cli/commands/occlusion';
import type { PatchResult } from '../../src/cli/commands/patch';
import type { PrintedSaliency } from '../../src/cli/commands/saliency';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { sharedCommandLine } from './sharedCommandLine';

/** Long enough for several runs on a busy machine. */
const patience = 240_000;

const folder = temporaryFolder();
writeFileSync(path.join(folder, 'capital.txt'), 'The capital of France is');
writeFileSync(path.join(folder, 'shots.txt'), 'France: Paris\n\nSpain: Madrid\n\nItaly:');
writeFileSync(path.join(folder, 'long.txt'), 'a'.repeat(60));
writeFileSync(path.join(folder, 'italy.txt'), 'The capital of Italy is');
writeFileSync(path.join(folder, 'chat.json'), JSON.stringify([{ role: 'user', content: 'Is it far? I walk.' }]));

const shared = sharedCommandLine(folder);
const run = (...words: string[]) => shared.run(words);
const report = <R>(...words: string[]) => shared.report<R>(words);

describe('saliency', () => {
  it(
    'has the scores of occlusion and of gradients, each with its curve beside chance',
    async () => {
      const asked = ['capital.txt', '--target', ' Paris', '--contrast', ' Rome'];
      const { result } = await report<PrintedSaliency>(
        'saliency',
        ...asked,
        '--methods',
        'occlusion,input,norm,rollout',
      );
      const { occlusion, input, norm, rollout } = result.methods;
      const alone = (await report<OcclusionResult>('occlusion', ...asked)).result;
      expect(result.units).toEqual(alone.units.map(({ score, ...unit }) => unit));
      const near = (found: (number | null)[] | undefined, expected: readonly (number | null)[]) => {
        expect(found?.map((score) => score === null)).toEqual(expected.map((score) => score === null));
        found?.forEach((score, unit) => {
          expect(Math.abs((score ?? 0) - (expected[unit] ?? 0))).toBeLessThan(1e-4);
        });
      };
      near(
        occlusion?.scores,
        alone.units.map(({ score }) => score),
      );
      near(occlusion?.curves?.mostFirst, alone.faithfulness?.mostFirst ?? []);
      expect(occlusion?.area).toBeCloseTo(alone.faithfulness?.area.mostFirst ?? Number.NaN, 4);
      for (const [method, found] of [
        ['input', input],
        ['norm', norm],
      ] as const)
        near(found?.scores, (await report<GradientsResult>('gradients', ...asked, '--method', method)).result.scores);
      expect(rollout?.scores.every((score) => (score ?? -1) >= 0)).toBe(true);
      const areas = result.random?.area ?? [];
      expect(areas).toHaveLength(5);
      expect(result.random?.mean).toBeCloseTo(areas.reduce((a, b) => a + b, 0) / 5, 9);
      expect(result.agreement.input?.norm).toBe(result.agreement.norm?.input);
    },
    patience,
  );
});

describe('examples', () => {
  it(
    'are worth what the target loses with each, and have their labels',
    async () => {
      const { result } = await report<PrintedExamples>('examples', 'shots.txt', '--target', ' Rome');
      expect(result.examples.map(({ label }) => label.text)).toEqual(['Paris', 'Madrid']);
      const words = ['--by', 'example', '--operator', 'delete', '--no-faithfulness', '--target', ' Rome'];
      const { units } = (await report<OcclusionResult>('occlusion', 'shots.txt', ...words)).result;
      result.examples.forEach(({ leaveOneOut, labelWeight, strongest, text }, index) => {
        expect(text).toBe(units[index].text);
        expect(Math.abs(leaveOneOut - (units[index].score ?? Number.NaN))).toBeLessThan(1e-3);
        expect([labelWeight.length, strongest.length]).toEqual([30, 30]);
      });
    },
    patience,
  );
});

describe('occlusion', () => {
  it('of every token adds curves to the scores', async () => {
    const { result } = await report<OcclusionResult>('occlusion', 'capital.txt', '--target', ' Paris');
    expect(result).toMatchObject({ operator: 'knockout', by: 'token', target: { text: ' Paris', contrast: null } });
    expect(result.units.map(({ text }) => text)).toEqual(['The', ' capital', ' of', ' France', ' is']);
    const [best] = [...result.units].sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
    expect([' capital', ' France']).toContain(best.text);
    expect(result.units[4].score).toBeNull();
    expect(result.faithfulness?.mostFirst[0]).toBeCloseTo(result.target.logprob, 3);
  });

  it('of a chat can be kept to the user’s own sentences', async () => {
    const words = ['occlusion', 'chat.json', '--by', 'sentence', '--scope', 'user', '--no-faithfulness'];
    const { result, prompt } = await report<OcclusionResult>(...words, '--operator', 'replace');
    expect(result.units.map(({ text }) => text)).toEqual(['Is it far?', ' I walk.']);
    for (const { start, end, text } of result.units) expect(prompt.rendered.slice(start, end)).toBe(text);
    expect(result.faithfulness).toBeNull();
  });

  it('of stretches of the file has a unit for each, and several of its tokens may be the target', async () => {
    const words = ['occlusion', 'capital.txt', '--by', '5-11,16-21', '--at', '4-5', '--operator', 'delete'];
    const { result, prompt } = await report<OcclusionResult>(...words, '--no-faithfulness');
    expect(result.by).toBe('selection');
    expect(result.units.map(({ text }) => text)).toEqual([' capital', ' France']);
    expect(result.target).toMatchObject({
      text: ' France is',
      position: 3,
      ids: prompt.tokens.slice(3).map(({ id }) => id),
    });
    // " France" is part of the target itself and precedes only the rest of it.
    expect(result.units[0].score).toBeGreaterThan(0.5);
    expect(result.units[1].score).toBe(0);
  });

  it.each([
    ['an expression without end', ['long.txt', '--by', '/(a+)+!/'], 1, 'takes too long'],
    ['no expression', ['capital.txt', '--by', '/(/'], 2, 'is not a regular expression'],
    ['an empty target', ['capital.txt', '--target', ''], 2, 'contains no token'],
    ['a place behind the end', ['capital.txt', '--at', '6'], 2, 'must be between 2 and 5'],
    [
      'a token that is none',
      ['capital.txt', '--operator', 'replace', '--replacement', '49152'],
      2,
      'must be between 0 and 49151',
    ],
  ])('refuses %s in a sentence', async (_, words, expected, sentence) => {
    const { status, output, errors } = await run('occlusion', ...words);
    expect(errors).toContain(sentence);
    expect(errors.trim()).not.toContain('\n');
    expect([status, output]).toEqual([expected, '']);
  });
});

describe('layers, heads and patches', () => {
  it('lens: the last layer is the model’s answer', async () => {
    const { result } = await report<LensResult>('lens', 'capital.txt', '--top', '2');
    expect([result.position, result.layers.length]).toEqual([4, 31]);
    const { top, target } = result.layers[30];
    expect(top.map(({ text }) => text)).toEqual([' Paris', ' the']);
    expect(target).toMatchObject({ id: top[0].id, rank: 0 });
    expect(target.logprob).toBeCloseTo(top[0].logprob, 5);
  });

  it('heads: a score for each of 30 x 9', async () => {
    const { result } = await report<HeadsResult>('heads', 'capital.txt');
    expect(result.scores.map((row) => row.length)).toEqual(Array(30).fill(9));
    expect(Math.max(...result.scores.flat())).toBeGreaterThan(0.1);
    expect(result.target.text).toBe(' Paris');
  });

  it('patch: the country carries the answer at first, the last token in the end', async () => {
    const { result } = await report<PatchResult>('patch', 'capital.txt', '--from', 'italy.txt', '--target', ' Rome');
    expect(result.scores.map((row) => row.length)).toEqual(Array(31).fill(5));
    expect(result.scores[0][3]).toBeCloseTo(1, 2);
    expect(result.scores[30][4]).toBeCloseTo(1, 2);
    expect(result.scores[30][3]).toBeCloseTo(0, 2);
  });

  it.each([
    [['patch', 'capital.txt', '--from', 'long.txt'], 1, 'Patching needs equal lengths'],
    [['patch', 'capital.txt', '--from', 'capital.txt'], 1, 'the same probability'],
    [['lens', 'capital.txt', '--position', '6'], 2, 'must be between 1 and 5'],
  ])('%j is refused in a sentence', async (words, expected, sentence) => {
    const { status, errors } = await run(...words);
    expect(errors).toContain(sentence);
    expect(errors.trim()).not.toContain('\n');
    expect(status).toBe(expected);
  });
});

interface Compared {
  tokens: { text: string; a: number | null; b: number | null; score: { difference: number | null } | null }[];
  next: { a: { text: string }[]; b: { text: string }[] };
}

describe('two prompts', () => {
  it('differ in one word, in the answer, and in what the others do for it', async () => {
    const { result } = await report<Compared>('compare', 'capital.txt', 'italy.txt', '--with', 'occlusion');
    expect(result.tokens.map(({ a, b }) => [a, b])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, null],
      [null, 3],
      [4, 4],
    ]);
    expect([result.next.a[0].text, result.next.b[0].text]).toEqual([' Paris', ' Rome']);
    const scored = result.tokens.filter(({ score }) => score !== null && score.difference !== null);
    expect(scored.map(({ text }) => text)).toEqual(['The', ' capital', ' of']);
  });
});
