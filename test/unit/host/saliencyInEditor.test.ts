import { describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({
  l10n: {
    t: (text: string, ...args: unknown[]) => text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
  },
  workspace: {
    textDocuments: [],
    asRelativePath: ({ path }: { path: string }) => path.slice(1),
    getWorkspaceFolder: () => undefined,
  },
}));

import type { SaliencyMethod } from '../../../src/analysis/saliency/contract';
import { saliencyMarkdown, scoreText, targetWords, worded } from '../../../src/host/editor/saliencyText';
import { inOrder, signedSpans, unitAt } from '../../../src/host/editor/signedTints';
import { tokensIn } from '../../../src/host/editor/tokenMap';
import { promptSource } from '../../../src/host/promptDocuments';
import { ProblemError } from '../../../src/protocol/problem';
import { saliencyOf, token, wordsOf } from './prompts';

const text = 'The film was dull and long';

describe('tints of saliency', () => {
  it('tell for from against, in steps of the largest score; a slider makes them full earlier', () => {
    const data = saliencyOf(text, { occlusion: [0, 0.1, -0.2, 1, -0.7, null] });
    expect(signedSpans(data, 1)).toEqual([
      { range: [8, 12], sign: 'against', step: 1 },
      { range: [12, 17], sign: 'supports', step: 4 },
      { range: [17, 21], sign: 'against', step: 3 },
    ]);
    expect(signedSpans(data, 0.2).map(({ step }) => step)).toEqual([2, 4, 4, 4]);
  });

  it('are those of the first method that gives anything', () => {
    const none = [null, null, null, null, null, null];
    const data = saliencyOf(text, { occlusion: none, input: [1, 0, 0, 0, 0, -1] });
    expect(signedSpans(data, 1)).toEqual([]);
    data.result.methods[0].refused = new ProblemError('outOfMemory', [900]).problem;
    expect(signedSpans(data, 1).map(({ sign }) => sign)).toEqual(['supports', 'against']);
  });

  it('are not those of integrated gradients that do not add up', () => {
    const data = saliencyOf('one two', { integrated: [1, -1], input: [0.1, 1] });
    const completeness = { sum: -5, difference: 9.8, steps: 512, baseline: 'zero', reliable: false } as const;
    data.result.methods[0].completeness = completeness;
    expect(signedSpans(data, 1)).toEqual([{ range: [3, 7], sign: 'supports', step: 4 }]);
    expect(saliencyMarkdown(data, 1)).toContain('integrated gradients −1.00 (not reliable)');
    data.result.methods.pop();
    expect(signedSpans(data, 1)).toEqual([]);
  });

  it('follow the order wanted now, not that of the run', () => {
    const data = saliencyOf(text, { occlusion: [1, 0, 0, 0, 0, 0], attention: [0, 0, 0, 1, 0, 0] });
    const signs = (...wanted: SaliencyMethod[]) => signedSpans(inOrder(data, wanted), 1).map(({ sign }) => sign);
    expect(signs('attention', 'occlusion')).toEqual(['amount']);
    expect(signs('occlusion')).toEqual(['supports']);
    expect(inOrder(data, ['norm', 'attention']).result.methods).toHaveLength(2);
    expect(signs('norm')).toEqual(['supports']);
  });

  it('are those of larger units until the first small one is known', () => {
    const data = saliencyOf(text, { occlusion: [null, null, null, null, null, null] });
    data.result.coarse = { by: 'line', units: [{ text, start: 0, end: 26, tokens: [0, 6], score: 2 }] };
    expect(signedSpans(data, 1)).toEqual([{ range: [0, 26], sign: 'supports', step: 4 }]);
    data.result.methods[0].scores[3] = -1;
    expect(signedSpans(data, 1)).toEqual([{ range: [12, 17], sign: 'against', step: 4 }]);
  });

  it('claim no direction for a method that has none', () => {
    const [span] = signedSpans(saliencyOf(text, { attention: [0.1, 0, 0, 0.9, 0, 0] }), 1);
    expect(span).toEqual({ range: [12, 17], sign: 'amount', step: 4 });
  });

  it('leave out template text, and show a character of several units once, as the strongest of them', () => {
    const data = saliencyOf('a b c', { occlusion: [1, 0.5, -0.9] });
    data.prompt.tokens = [token('<user>', null), token('\ufffd', [0, 2]), token('\ufffd', [0, 2])];
    expect(signedSpans(data, 1)).toEqual([{ range: [0, 2], sign: 'against', step: 4 }]);
  });

  it('find the unit under the mouse', () => {
    const data = saliencyOf(text, { occlusion: [0, 0, 0, 1, 0, 0] });
    expect(unitAt(data, 13)).toEqual({ index: 3, range: [12, 17] });
    expect(unitAt(data, 99)).toBeNull();
  });
});

describe('the hover over a unit', () => {
  it('says for or against what, and every method’s value', () => {
    const data = saliencyOf(text, { occlusion: [0, 0, 0, -1.25, 0, 0], norm: [0, 0, 0, 0.0042, 0, 0] });
    expect(saliencyMarkdown(data, 3)).toBe(
      '**` ·dull `** works against ` ·negative `\n\nknock-out −1.25 · gradient norm 0.0042',
    );
    expect(saliencyMarkdown(data, 0)).toContain('supports');
  });

  it('says what is not known yet, and keeps markup inside the code', () => {
    const data = saliencyOf('`[x](command:evil) b', { occlusion: [null, 1] });
    expect(saliencyMarkdown(data, 0)).toBe('`` `[x](command:evil) ``: not scored yet');
  });

  it('says why there is no score of what the target is read in, and draws nothing there', () => {
    const data = saliencyOf('one two', { occlusion: [0.5, null], norm: [1, 0.25] });
    data.result.unscored = [1];
    expect(saliencyMarkdown(data, 1)).toBe(
      '**` ·two `** has no score with knock-out: the target ` ·negative ` is read inside it\n\ngradient norm 0.25',
    );
    expect(signedSpans(data, 1).map(({ range }) => range)).toEqual([[0, 3]]);
  });

  it('writes scores with the digits that count', () => {
    expect([0.5612, -12.34, 0.004, 0].map((score) => scoreText(score, true))).toEqual([
      '+0.56',
      '−12.3',
      '+0.0040',
      '0.00',
    ]);
    expect(scoreText(0.3, false)).toBe('0.30');
  });
});

describe('the target in words', () => {
  it('is what was typed, or the words of the span, without the space before them', () => {
    expect(targetWords({ text: ' negative' }, null)).toBe('negative');
    expect(targetWords({ span: [3, 5] }, wordsOf(text))).toBe('dull and');
    expect(targetWords({}, wordsOf(text))).toBeNull();
    expect(worded('\n')).toBe('↵');
    expect(worded('x'.repeat(60))).toHaveLength(40);
  });

  it('is found by a selection: every token that it touches', () => {
    expect(tokensIn(wordsOf(text), [14, 18])).toEqual([3, 5]);
    expect(tokensIn(wordsOf(text), [4, 4])).toBeNull();
    expect(tokensIn(wordsOf(text), [90, 99])).toBeNull();
  });
});

describe('the second prompt', () => {
  const document = (path: string, content: string) =>
    ({
      uri: { path, fsPath: path, scheme: 'file', toString: () => `file://${path}` },
      isUntitled: false,
      languageId: 'plaintext',
      getText: () => content,
    }) as never;

  it('is read as a file of the same kind', async () => {
    const chat = promptSource(document('/a.json', '[{"role": "user"}]'), null);
    const second = await chat.readText('[{"role": "user", "content": "Hello"}]');
    expect(second).toMatchObject({ kind: 'chat', file: null, messages: [{ role: 'user', content: 'Hello' }] });
    const plain = promptSource(document('/a.txt', 'One'), null);
    expect(await plain.readText('Two')).toMatchObject({ kind: 'raw', file: null, text: 'Two' });
  });

  it('of a selection is a text as it stands', async () => {
    const part = promptSource(document('/a.json', '[{"role": "user"}]'), [0, 2]);
    expect(await part.readText('[1')).toMatchObject({ kind: 'raw', text: '[1' });
  });

  it('that cannot be read is named so, not by the file it is compared with', async () => {
    const chat = promptSource(document('/a.json', '[{"role": "user"}]'), null);
    await expect(chat.readText('[')).rejects.toThrow(/^The second prompt cannot be read as a prompt/);
    await expect(chat.readText('')).rejects.toThrow('The second prompt is empty.');
  });
});
