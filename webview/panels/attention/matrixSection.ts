/** The chosen heads' matrix with its note and its readout, and the messages shown while it loads or if it fails. */
import { button } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { inClauses, t } from '../../base/strings';
import { chosen, type ViewContext } from '../../base/view';
import { type AttentionMatrix, attentionMatrix, type MatrixCell } from '../../charts/attention/matrix';
import type { Section } from '../section';
import { sized } from '../sized';
import { attentionNote } from './note';
import type { AttentionShown, HeadActions } from './shown';
import { describeCell, headTitle } from './words';

/** If the side of the picture is smaller, its empty half has no room for the note. */
const roomForNote = 320;

export function attentionMatrixSection(context: ViewContext, actions: HeadActions): Section<AttentionShown> {
  const title = el('span', { class: 't' });
  const facts = el('small', {});
  const holder = el('div', { class: 'attention-holder' });
  const message = el('div', { class: 'attention-message', role: 'status' });
  const readout = el('div', { class: 'attention-readout m s' });
  const note = attentionNote((gamma) => context.setIntent(chosen(context, 'attention', { gamma })));
  const element = el('section', { class: 'sec' }, el('h2', {}, title, facts), message, holder, readout);
  let chart: AttentionMatrix | null = null;
  let cell: MatrixCell | null = null;

  const words = () => {
    const shown = drawing.shown();
    return cell && shown ? describeCell(cell, shown.facts.names, shown.chosen) : '';
  };
  const drawReadout = () => {
    const hint = t('Point at a cell or use the arrow keys; click or Enter locks its row.');
    // An exported page takes no clicks.
    readout.classList.toggle('no-export', words() === '');
    readout.textContent = words() || (chart && (drawing.shown()?.facts.tokens ?? 0) > 1 ? hint : '');
  };
  const onPreview = (next: MatrixCell | null, byKeyboard: boolean) => {
    cell = next;
    drawReadout();
    if (byKeyboard) context.announce(words());
    hoverToken(context, next?.query ?? null);
  };
  const lock = (token: number) => {
    context.select({ locked: token });
    context.reveal(token);
  };

  const clear = () => {
    chart?.destroy();
    chart = null;
    cell = null;
    note.element.remove();
  };
  const drawMatrix = (now: AttentionShown, width: number) => {
    const { weights } = now;
    if (!weights || now.problem || now.facts.tokens < 2) return clear();
    const data = now.matrix(weights);
    const options = {
      width,
      theme: now.theme,
      gamma: now.gamma,
      label: t('Attention of {0}: {1} queries by {1} keys', headTitle(now.chosen), now.facts.tokens),
      onPreview,
      onLock: lock,
    };
    if (chart) chart.update(data, options);
    else chart = attentionMatrix(holder, data, options);
    const { span, side, left } = chart.size();
    note.update(now.note(span));
    const inside = side >= roomForNote;
    note.element.classList.toggle('inside', inside);
    note.element.style.right = inside ? `${Math.max(0, width - left - side - 40)}px` : '';
    if (!note.element.isConnected) holder.append(note.element);
    holder.classList.toggle('attention-loading', now.loading);
    holder.setAttribute('aria-busy', String(now.loading));
  };
  const drawing = sized<AttentionShown>(context, holder, (shown, width) => {
    const { facts: about, sink, headLocked } = shown;
    title.textContent = headTitle(shown.chosen);
    const sums = sink === 'raw' ? t('rows sum to 1') : t('rows sum to 1 before hiding');
    const ranked = shown.ranking.best[0]?.value != null;
    const source =
      headLocked || about.tokens < 2
        ? ''
        : ranked
          ? t('the strongest head; choose another one above')
          : t('choose another one above');
    facts.textContent = `${inClauses([`${about.tokens} × ${about.tokens}`, sums])}${source && ` · ${source}`}`;
    fill(message, ...messageParts(shown, actions));
    drawMatrix(shown, width);
    drawReadout();
  });
  return {
    element,
    update: drawing.update,
    destroy() {
      drawing.stop();
      clear();
    },
  };
}

/** Previews a token everywhere; sends nothing if it is previewed already. */
export function hoverToken(context: ViewContext, token: number | null): void {
  if (context.state().selection.hover !== token) context.select({ hover: token });
}

function messageParts(shown: AttentionShown, actions: HeadActions): Node[] {
  if (shown.problem) {
    const again = button({ label: t('Try again'), icon: 'refresh', onClick: actions.retry });
    return [el('p', {}, shown.problem.message), el('p', { class: 'm' }, shown.problem.remedy), again];
  }
  if (shown.facts.tokens < 2) return [el('p', { class: 'm' }, t('A single token can only attend to itself.'))];
  if (!shown.weights && shown.stale)
    return [el('p', { class: 'm' }, t('The text has changed: run again to see this head.'))];
  if (!shown.weights) return [el('p', { class: 'm' }, t('Reading the attention weights…'))];
  return [];
}
