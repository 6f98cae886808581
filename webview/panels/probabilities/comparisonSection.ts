/** What an edit changed, in words under the text: what was replaced, and the tokens that changed most. */
import type { Prompt } from '../../../src/protocol/model';
import { silentDots } from '../../base/a11y';
import { type Child, el, fill } from '../../base/dom';
import { signed, visible } from '../../base/format';
import { glyphIndex, glyphs } from '../../base/glyphs';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import type { Section } from '../section';
import { type Comparison, hunkWords, perplexityWords } from './comparison';

const mostHunks = 3;

interface Shown {
  comparison: Comparison | null;
  prompt: Prompt;
  perplexity: number | null;
}

export class ComparisonSection implements Section<Shown> {
  readonly element = el('section', { class: 'sec comparison', hidden: true });
  private drawn: Comparison | null = null;

  constructor(private readonly context: ViewContext) {}

  update({ comparison, prompt, perplexity }: Shown): void {
    this.element.hidden = comparison === null;
    // An unchanged comparison is kept, so that its buttons do not lose the focus.
    if (comparison === this.drawn) return;
    this.drawn = comparison;
    if (!comparison) return;
    const { name, hunks, change, strongest } = comparison;
    fill(
      this.element,
      el('h2', {}, t('Compared with {0}', name), el('small', {}, perplexityWords(perplexity, comparison.perplexity))),
      el('p', {}, ...hunkList(hunks)),
      el('p', {}, ...this.tokens(prompt, change, strongest)),
    );
  }

  destroy(): void {}

  private tokens(prompt: Prompt, change: Comparison['change'], strongest: readonly number[]): Child[] {
    if (strongest.length === 0) return [t('No token changed by 0.1 nats or more.')];
    const all = glyphs(prompt);
    const buttons = strongest.map((position) => {
      const value = change[position] ?? 0;
      const text = visible(all[glyphIndex(all, position)].text);
      const words = t('{0} {1} nats', value > 0 ? '▲' : '▽', signed(value));
      const lock = () => {
        this.context.select({ locked: position });
        this.context.reveal(position);
      };
      const title = t('Token {0}; click to lock it', position + 1);
      return el(
        'button',
        { type: 'button', class: 'alternative', title, on: { click: lock } },
        el('span', { class: 'mono' }, ...silentDots(text)),
        ' ',
        el('span', { class: 'm num' }, words),
      );
    });
    return [el('span', { class: 'm s' }, t('changed most:')), ' ', ...buttons];
  }
}

function hunkList(hunks: Comparison['hunks']): Child[] {
  if (hunks.length === 0) return [t('The text is the same.')];
  const shown = hunks.slice(0, mostHunks).flatMap((hunk, i) => [i > 0 && ' · ', el('span', {}, hunkWords(hunk))]);
  const more = hunks.length - mostHunks;
  return [el('span', { class: 'm s' }, t('edited:')), ' ', ...shown, more > 0 && t(' and {0} more', more)];
}
