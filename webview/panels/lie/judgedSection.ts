/** The judged statements of the text or of the model's own answer: the list, the chosen statement, and how far to trust the probe. */

import type { PanelState } from '../../../src/analysis/panel';
import type { LieData } from '../../../src/analysis/truth/contract';
import { type ProbeCard, steeringLayer } from '../../../src/analysis/truth/contract';
import { linkButton } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { fixed, grouped } from '../../base/format';
import { t } from '../../base/strings';
import { type ViewContext, viewData } from '../../base/view';
import { svgDocument } from '../../charts/shared/svgDocument';
import { lockChip } from '../shell/chips';
import { tableWords } from '../tableWords';
import { evidence, sameCard } from './evidence';
import { listDrawing } from './listDrawing';
import type { LieSection } from './section';
import { statementDetails } from './statementDetails';
import { listLegend, statementList } from './statementList';
import { type SteerSource, steerSection } from './steerSection';
import { cardTables, statementTable } from './tables';
import { agreementWords, blockRange, errorWords, figureWords, leftOutWords, trainingWords } from './words';

export function judgedSection(context: ViewContext, key: 'lie' | 'answer'): LieSection {
  const title = el('span', {});
  const small = el('small', {});
  const right = el('span', { class: 'right' });
  const answer = el('section', { class: 'sec lie-answer' });
  const list = statementList();
  const legend = el('div', { class: 'legend' });
  const note = el('p', { class: 's m' });
  const details = statementDetails(context, choose);
  const proof = evidence(context);
  const steer = steerSection(context);
  const element = el(
    'div',
    {},
    answer,
    el('section', { class: 'sec' }, el('h2', {}, title, small, right), list.element, legend, note),
    details.element,
    proof.element,
    steer.element,
  );
  let data: LieData | null = null;
  let card: ProbeCard | null = null;
  let proven: { card: ProbeCard; theme: unknown } | null = null;
  let chosen: number | null = null;
  let width = 0;
  const stop = context.onWidth(list.element, (value) => {
    width = value;
    draw();
  });

  function choose(index: number | null): void {
    chosen = index;
    // The chips belong to the shell, which this call makes redraw them and this section.
    context.select({});
    const source = index === null ? null : data?.result.statements[index]?.source;
    if (source && key === 'lie') context.channel.notify('revealStatement', { range: source });
  }

  function draw(): void {
    element.hidden = data === null;
    steer.show(data && card && steerSource(data, card));
    if (!data || !card) return;
    const theme = context.theme();
    if (proven?.card !== card || proven.theme !== theme) {
      proof.update(card, data.probe);
      proven = { card, theme };
    }
    fillHeading(data, card);
    fillAnswer(data);
    if (width > 0) list.update(data, { theme, width, chosen, onChoose: choose, announce: context.announce });
    fill(legend, ...listLegend(theme, data));
    const notes = [tableWords(data.reading), trainingWords(data), agreementWords(data), leftOutWords(data)];
    note.textContent = notes.filter(Boolean).join(' ');
    note.hidden = note.textContent === '';
    // Before anything is chosen, the first statement shows what kind of details there are.
    details.update(data, card, chosen ?? 0);
  }

  function steerSource({ result, prompt }: LieData, own: ProbeCard): SteerSource {
    return {
      key: own,
      beginning: unfinished(result.statements[0]?.text ?? prompt.rendered),
      layers: own.layers.length - 1,
      best: steeringLayer(own) ?? 0,
      direction: async (layer) => (await context.channel.request('truthDirection', { layer })).direction,
      toward: [t('what looks false'), t('what looks true')],
    };
  }

  function fillHeading({ result, labels }: LieData, { blocks }: ProbeCard): void {
    title.textContent = key === 'answer' ? t('Statements of the answer') : t('Statements');
    const some = result.complete
      ? ''
      : t('{0} of {1} so far; ', grouped(result.statements.length), grouped(labels.length));
    small.textContent =
      some + t('read at each statement’s last word and its final punctuation, blocks {0}', blockRange({ blocks }));
    right.textContent = width > 700 ? t('probability of “looks true”') : '';
  }

  function fillAnswer({ answer: own }: LieData): void {
    answer.hidden = own === null;
    if (!own) return;
    const cut = own.finish === 'length' ? ` ${t('It was cut off at the limit.')}` : '';
    const how =
      own.how === 'chat'
        ? t('The text was put to the model as a message; it answers with its likeliest words.')
        : t('The model goes on where the text breaks off, with its likeliest words.');
    fill(
      answer,
      el(
        'h2',
        {},
        t('The model’s answer'),
        el(
          'small',
          {},
          t('mean log p {0} a token, perplexity {1}', fixed(own.logprob), fixed(Math.exp(-own.logprob), 1)),
        ),
      ),
      el('p', { class: 'lie-said' }, own.text.trim()),
      el(
        'p',
        { class: 's m' },
        `${how}${cut} ${t('For free answers the mean log p is the better sign of a wrong one: the probe was trained on plain statements.')}`,
      ),
    );
  }

  /** A token locked elsewhere chooses the statement that contains it. */
  function follow(locked: number | null): void {
    const place = locked === null ? null : (data?.prompt.tokens[locked]?.source ?? null);
    const found = place
      ? data?.result.statements.findIndex(({ source }) => source && source[0] < place[1] && place[0] < source[1])
      : -1;
    if (found !== undefined && found >= 0) chosen = found;
  }

  let locked: number | null = null;
  return {
    element,
    about() {
      // The shell asks for this before the section is updated, so the data come from the state.
      const known = viewData(context.state()[key])?.result.card;
      return {
        shows: t('whether a statement looks true to this model.'),
        cannotTell: known
          ? `${t('whether it is true; it reads no intent.')} ${errorWords(known.accuracy.forced)}`
          : t('whether it is true; it reads no intent.'),
      };
    },
    update(state: PanelState) {
      data = viewData(state[key]);
      const next = data?.result.card ?? null;
      if (!card || !next || !sameCard(card, next)) card = next;
      if (chosen !== null && data && chosen >= data.result.statements.length && data.result.complete) chosen = null;
      if (state.selection.locked !== locked) follow(state.selection.locked);
      locked = state.selection.locked;
      draw();
    },
    destroy() {
      stop();
      details.destroy();
      proof.destroy();
      steer.destroy();
    },
    chips() {
      if (!data || !card) return [];
      const chip = (name: string, ...content: (Node | string)[]) =>
        el('span', { class: 'chip' }, el('span', { class: 'k' }, name), ...content);
      const probe = data.probe ?? t('came with the model');
      const all = [
        chip(t('Statements'), grouped(data.labels.length)),
        chip(
          t('Probe'),
          el('span', { class: 'chip-name' }, probe),
          el('span', { class: 'k' }, t('AUROC {0} held out', figureWords(card.topicMean))),
          linkButton(t('Use Another…'), () => context.action('chooseProbe')),
        ),
      ];
      if (chosen !== null)
        all.push(lockChip(t('Statement'), t('Unlock'), () => choose(null), el('span', {}, grouped(chosen + 1))));
      return all;
    },
    key(event) {
      const step = { j: 1, J: 1, k: -1, K: -1 }[event.key];
      if (!step || !data || data.result.statements.length === 0) return false;
      const last = data.result.statements.length - 1;
      choose(Math.max(0, Math.min(last, (chosen ?? (step > 0 ? -1 : last + 1)) + step)));
      return true;
    },
    unlock() {
      if (chosen === null) return false;
      choose(null);
      return true;
    },
    tables: () => (data && card ? [statementTable(data), ...cardTables(card), ...steer.table()] : []),
    exports() {
      const shown = data;
      if (!shown) return {};
      return {
        svg: () => {
          const theme = context.theme();
          const drawing = listDrawing(shown, theme, Math.max(480, width));
          const parts = [{ title: title.textContent ?? '', drawing }, ...details.drawings(), ...proof.drawings()];
          return svgDocument(theme, t('Lie Detector'), parts);
        },
        json: () => ({ ...shown.result, labels: shown.labels, answer: shown.answer, probe: shown.probe }),
      };
    },
  };
}

/** A statement without its last word, which the model is to supply. */
function unfinished(statement: string): string {
  return statement.replace(/\s+\S+$/, '');
}
