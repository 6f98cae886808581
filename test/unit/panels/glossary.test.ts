// @vitest-environment happy-dom
/** The words that a student is examined on: a sentence for each in three languages, on the tabs, within reach of keyboard and screen reader. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { analysisNames } from '../../../src/analysis/contracts';
import { glossary, terms } from '../../../webview/base/glossary';
import { configureStrings } from '../../../webview/base/strings';
import { term, withTerms } from '../../../webview/base/term';
import { press } from '../charts/domSetup';
import { mountedTab } from './mountedTab';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.setConfig({ testTimeout: 30_000 });
beforeEach(() => document.body.replaceChildren());
afterEach(() => configureStrings({}));

const bundle = (language: string) =>
  JSON.parse(readFileSync(join(__dirname, `../../../l10n/bundle.l10n.${language}.json`), 'utf8'));
const tip = () => document.querySelector<HTMLElement>('.term-tip');

describe('the glossary', () => {
  it('has every word that the course examines', () => {
    const words = terms.map((key) => glossary[key].word().toLowerCase());
    expect(words).toEqual(
      expect.arrayContaining([
        ...[
          'token',
          'tokenizer',
          'logit',
          'log p',
          'nats',
          'perplexity',
          'surprisal',
          'entropy',
          'temperature',
          'top-k',
        ],
        ...[
          'top-p',
          'attention',
          'head',
          'residual stream',
          'mlp',
          'block',
          'embedding',
          'pca',
          'logit lens',
          'saliency',
        ],
        ...[
          'activation patching',
          'occlusion',
          'gradient',
          'integrated gradients',
          'induction',
          'probe',
          'auroc',
          'softmax',
        ],
        ...['calibration', 'log-odds', 'chat template'],
      ]),
    );
    expect(glossary.bos.sentence()).toContain('BOS');
  });

  it('gives each one sentence or two of its own', () => {
    const sentences = terms.map((key) => glossary[key].sentence());
    expect(new Set(sentences).size).toBe(terms.length);
    expect(sentences.filter((each) => !/^[A-Z].{20,200}\.$/.test(each))).toEqual([]);
  });

  it.each(['zh-cn', 'zh-tw'])('is written in %s too', (language) => {
    configureStrings(bundle(language));
    const sentences = terms.map((key) => glossary[key].sentence());
    expect(sentences.filter((each) => !/\p{Script=Han}.*。$/u.test(each))).toEqual([]);
  });

  it('has no word that no tab uses', () => {
    const used = new Set<string>(analysisNames.flatMap((name) => [...mountedTab(name).view.terms]));
    expect(terms.filter((key) => !used.has(key))).toEqual([]);
  });
});

describe.each(['en', 'zh-cn', 'zh-tw'])('words in headings, %s', (language) => {
  it('are marked', () => {
    if (language !== 'en') configureStrings(bundle(language));
    const marked = (name: (typeof analysisNames)[number]) => {
      const words = mountedTab(name).view.element.querySelectorAll<HTMLElement>('.term');
      return [...new Set([...words].map(({ dataset }) => dataset.term))].sort();
    };
    expect(marked('probabilities')).toEqual(['entropy', 'nat', 'perplexity', 'surprisal', 'token']);
    expect(marked('layers')).toEqual(['lens']);
    expect(marked('lie')).toEqual(expect.arrayContaining(['auroc', 'calibration', 'heldout', 'logodds']));
  });
});

describe('a word', () => {
  it('is described by its sentence, for a screen reader', () => {
    const word = term('nat');
    document.body.append(word);
    expect(word.textContent).toBe('nats');
    const description = document.getElementById(word.getAttribute('aria-describedby')!);
    expect(description?.textContent).toBe(glossary.nat.sentence());
    expect(description?.closest('[hidden]')).not.toBeNull();
  });

  it('shows its sentence on focus, and Esc puts it away before it reaches the panel', () => {
    const word = term('logit');
    document.body.append(word);
    const beyond = vi.fn();
    document.body.addEventListener('keydown', beyond);
    word.dispatchEvent(new Event('focus'));
    expect(tip()?.textContent).toBe(glossary.logit.sentence());
    expect(tip()?.hidden).toBe(false);
    press(word, 'Escape');
    expect(tip()?.hidden).toBe(true);
    expect(beyond).not.toHaveBeenCalled();
    press(word, 'Escape');
    expect(beyond).toHaveBeenCalledOnce();
    document.body.removeEventListener('keydown', beyond);
  });

  it('goes with the pointer', () => {
    const word = term('head');
    document.body.append(word);
    word.dispatchEvent(new Event('pointerenter'));
    expect(tip()?.hidden).toBe(false);
    word.dispatchEvent(new Event('pointerleave'));
    expect(tip()?.hidden).toBe(true);
  });

  it('is found in a text whatever its case, in the order of the text, and the text stays as it is', () => {
    const parts = withTerms('Entropy after the block', 'block', 'entropy', 'perplexity');
    const box = document.createElement('p');
    box.append(...(parts as (Node | string)[]));
    expect(box.textContent).toBe('Entropy after the block');
    expect([...box.querySelectorAll('.term')].map(({ textContent }) => textContent)).toEqual(['Entropy', 'block']);
  });
});
