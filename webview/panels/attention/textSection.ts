/** One token in the text: arcs in both directions, and the same as lists with numbers. */
import { el, fill, svgEl } from '../../base/dom';
import { probability } from '../../base/format';
import { glyphIndex } from '../../base/glyphs';
import { inClauses, t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import type { ViewContext } from '../../base/view';
import { type AttentionArcs, attentionArcs } from '../../charts/attention/arcs';
import { type AttentionLinks, attentionLinks } from '../../charts/attention/links';
import type { Link } from '../../charts/attention/weights';
import type { Section } from '../section';
import { sized } from '../sized';
import { hoverToken } from './matrixSection';
import type { AttentionShown } from './shown';

export function attentionTextSection(context: ViewContext): Section<AttentionShown> {
  const title = el('span', { class: 't' });
  const small = el('small', {});
  const holder = el('div', {});
  const legend = el('div', { class: 'legend' });
  const lists = el('div', {});
  const element = el('section', { class: 'sec' }, el('h2', {}, title, small), holder, legend, lists);
  let arcs: AttentionArcs | null = null;
  let links: AttentionLinks | null = null;

  const lock = (token: number) => {
    context.select({ locked: token });
    context.reveal(token);
  };
  const drawing = sized<AttentionShown>(context, holder, (shown, width) => {
    title.textContent = sectionTitle(shown);
    small.textContent = shown.facts.tokens < 2 ? '' : t('up to five each way, weights of .01 or more');
    const { theme, facts, origin, locked, hover, reads, readBy, exact } = shown;
    const now = shown;
    const data = { prompt: shown.data.prompt, origin, locked, hover, reads, readBy, exact };
    const options = {
      width,
      theme,
      label: t('Prompt text with the arcs of one token'),
      describe: (token: number) => describeToken(now, token),
      announce: (text: string) => context.announce(text),
      onHover: (token: number | null) => hoverToken(context, token),
      onLock: lock,
    };
    if (arcs) arcs.update(data, options);
    else arcs = attentionArcs(holder, data, options);
    fill(legend, ...legendParts(theme));
    // A single token reads itself and no other token reads it; without weights nothing is known.
    legend.hidden = lists.hidden = facts.tokens < 2 || !shown.weights;
    const hidden = shown.sink === 'raw' || origin === null ? null : (shown.weights?.firstToken[origin] ?? null);
    const name = origin === null ? '' : facts.names[origin];
    const linkData = { name, reads, readBy, hidden, nameOf: (link: Link) => facts.names[link.from] };
    // Unless a token is locked, a hover moves the arcs, and the row under the pointer would disappear.
    const onHover = (token: number | null) => now.locked !== null && hoverToken(context, token);
    if (links) links.update(linkData, { onHover, onLock: lock });
    else links = attentionLinks(lists, linkData, { onHover, onLock: lock });
  });
  return {
    element,
    update: drawing.update,
    destroy() {
      drawing.stop();
      arcs?.destroy();
      links?.destroy();
    },
  };
}

function sectionTitle({ locked, origin, hover }: AttentionShown): string {
  if (locked !== null) return t('The locked token in the text');
  return origin !== null && origin === hover ? t('The previewed token in the text') : t('The last token in the text');
}

/** The words for the cursor: how a token relates to the one whose arcs are drawn. */
function describeToken({ facts, reads, readBy, origin }: AttentionShown, token: number): string {
  const glyph = facts.all[glyphIndex(facts.all, token)];
  const parts = [t('{0}, token {1}', facts.names[token], token + 1)];
  const read = reads.find((link) => link.from === glyph.from);
  const reader = readBy.find((link) => link.from === glyph.from);
  if (read && origin !== null)
    parts.push(t('read by {0} with weight {1}', facts.names[origin], probability(read.weight)));
  if (reader && origin !== null)
    parts.push(t('reads {0} with weight {1}', facts.names[origin], probability(reader.weight)));
  return inClauses(parts);
}

function legendParts(theme: Theme): Node[] {
  const line = (stroke: string, dash?: string) =>
    svgEl(
      'svg',
      { width: 24, height: 8, 'aria-hidden': 'true' },
      svgEl('line', { x2: 24, y1: 4, y2: 4, stroke, 'stroke-width': 2, 'stroke-dasharray': dash }),
    );
  return [
    el('span', { class: 'it' }, line(theme.positive), t('reads from')),
    el('span', { class: 'it' }, line(theme.negative, '4 3'), t('read by')),
  ];
}
