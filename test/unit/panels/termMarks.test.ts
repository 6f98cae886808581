// @vitest-environment happy-dom
/** The words that a student is examined on are marked where they stand, once in each section, and never in a control or a prompt. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Analysis, analysisNames } from '../../../src/analysis/contracts';
import { nameHeadings } from '../../../webview/base/a11y';
import { el } from '../../../webview/base/dom';
import { configureStrings } from '../../../webview/base/strings';
import { keepTermsMarked, markTerms } from '../../../webview/base/termMarks';
import { mountedTab } from './mountedTab';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.setConfig({ testTimeout: 30_000 });
beforeEach(() => document.body.replaceChildren());
afterEach(() => configureStrings({}));

const inLanguage = (language: string) =>
  configureStrings(
    JSON.parse(readFileSync(join(__dirname, `../../../l10n/bundle.l10n.${language}.json`), 'utf8')) as Record<
      string,
      string
    >,
  );
const words = (root: Element) => [...root.querySelectorAll<HTMLElement>('.term')];
const keys = (root: Element) => words(root).map(({ dataset }) => dataset.term);

function page(...children: Node[]): HTMLElement {
  const root = el('main', {}, ...children);
  document.body.append(root);
  return root;
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

describe('the marks', () => {
  it('stand on the first occurrence in a section, and the text stays as it is', () => {
    const text = 'Heads of a block: each head reads the residual stream. Integrated gradients are no gradient.';
    const root = page(el('section', {}, el('h2', {}, 'Heads'), el('p', { class: 's' }, text)));
    markTerms(root);
    expect(root.textContent).toBe(`Heads${text}`);
    expect(words(root).map(({ textContent }) => textContent)).toEqual([
      'Head',
      'block',
      'residual stream',
      'Integrated gradients',
      'gradient',
    ]);
  });

  it('do not come twice', () => {
    const root = page(el('section', {}, el('p', { class: 'legend' }, 'surprisal in nats, surprisal of a token')));
    markTerms(root);
    const before = words(root);
    markTerms(root);
    expect(words(root)).toEqual(before);
    expect(keys(root)).toEqual(['surprisal', 'nat', 'token']);
  });

  it('leave controls, pictures, quoted words and parts of other words alone', () => {
    const root = page(
      el('h2', {}, 'Next “token” after the heading, ahead'),
      el('p', { class: 's' }, el('button', {}, 'entropy'), el('label', {}, 'softmax'), el('b', {}, 'logits')),
      el('p', { class: 'lie-said' }, 'perplexity'),
      el('p', { class: 's', role: 'status' }, 'probe'),
      el('p', {}, 'cosine'),
    );
    markTerms(root);
    expect(keys(root)).toEqual(['logit']);
  });

  it('stay on one line with the mark behind the word', () => {
    const root = page(el('p', { class: 's' }, '奈特 (entropy). The rest'));
    markTerms(root);
    expect(root.querySelector('.term-together')!.textContent).toBe('entropy).');
    expect(root.textContent).toBe('奈特 (entropy). The rest');
  });

  it('keep one tab stop a word', () => {
    const section = () => el('section', {}, el('h2', {}, 'Entropy'));
    const root = page(el('details', {}, el('h2', {}, 'entropy')), section(), section());
    markTerms(root);
    expect(words(root).map(({ tabIndex }) => tabIndex)).toEqual([0, 0, -1]);
    root.querySelector('details')!.open = true;
    markTerms(root);
    expect(words(root).map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1]);
  });

  it('leave a heading its whole name', () => {
    const root = page(el('h2', {}, 'Logit lens by block', el('small', {}, '30')));
    markTerms(root);
    nameHeadings(root);
    expect(root.querySelector('h2')!.getAttribute('aria-label')).toBe('Logit lens by block');
  });

  it('come back when a view draws anew, with the keyboard on the same word and without a sentence left behind', async () => {
    const line = el('p', { class: 's' }, 'entropy after the block');
    const root = page(line);
    keepTermsMarked(root);
    const [first] = words(root);
    first!.focus();
    first!.dispatchEvent(new Event('focus'));
    line.textContent = 'the block before it, and its entropy';
    await turn();
    expect(keys(root)).toEqual(['block', 'entropy']);
    expect((document.activeElement as HTMLElement).dataset.term).toBe('entropy');
    words(root)[1]!.dispatchEvent(new Event('pointerenter'));
    line.textContent = 'nothing to explain';
    await turn();
    expect(words(root)).toEqual([]);
    expect(document.querySelector<HTMLElement>('.term-tip')!.hidden).toBe(true);
  });
});

describe.each(['zh-cn', 'zh-tw'])('the marks, %s', (language) => {
  it('find a head, and no 頭 that is a part of another word', () => {
    inLanguage(language);
    const head = language === 'zh-cn' ? '头' : '頭';
    const begin = language === 'zh-cn' ? '开头' : '開頭';
    const root = page(el('p', { class: 's' }, `${begin}的最强的${head}`));
    markTerms(root);
    expect(words(root).map(({ textContent, previousSibling }) => [textContent, previousSibling?.textContent])).toEqual([
      [head, `${begin}的最强的`],
    ]);
  });
});

/** Words that each tab's headings and legends hold. */
const expected: Partial<Record<Analysis, string[]>> = {
  attention: ['head', 'block'],
  saliency: ['knockout', 'gradient'],
  layers: ['lens', 'block'],
  heads: ['head'],
  patching: ['token', 'logprob'],
  embeddings: ['cosine'],
  lie: ['auroc', 'calibration', 'logodds', 'heldout'],
};

describe.each(['en', 'zh-cn', 'zh-tw'])('the tabs, %s', (language) => {
  it.each(analysisNames)('%s has its words marked, and none inside a control', (name) => {
    if (language !== 'en') inLanguage(language);
    const { element } = mountedTab(name).view;
    const before = element.textContent;
    markTerms(element);
    expect(element.textContent).toBe(before);
    expect(words(element).filter((word) => word.parentElement!.closest('button, a, label, summary, svg'))).toEqual([]);
    expect(keys(element)).toEqual(expect.arrayContaining(expected[name] ?? []));
  });
});
