/** The judged statements of the text or of the model's own answer: the list, the chosen statement, and how far to trust the probe. */

import type { PanelState } from '../../../src/analysis/panel';
import type { LieData } from '../../../src/analysis/truth/contract';
import { type ProbeCard, steeringLayer } from '../../../src/analysis/truth/contract';
import type { TableTwin } from '../../base/a11y';
import { linkButton } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { fixed, grouped } from '../../base/format';
import { inProse, t } from '../../base/strings';
import { type Lead, type ViewContext, type ViewExports, viewData } from '../../base/view';
import { svgDocument } from '../../charts/shared/svgDocument';
import { notesList, plain, warning } from '../notes';
import type { MainSection } from '../section';
import { lockChip } from '../shell/chips';
import { tableWords } from '../tableWords';
import { evidence, sameCard } from './evidence';
import { listDrawing } from './listDrawing';
import { statementDetails } from './statementDetails';
import { listLegend, statementList } from './statementList';
import { SteerSection, type SteerSource } from './steerSection';
import { cardTables, statementTable } from './tables';
import { agreementWords, blockRange, countWords, errorWords, figureWords, leftOutWords, trainingWords } from './words';

export class JudgedSection implements MainSection {
  readonly element: HTMLElement;
  private readonly title = el('span', {});
  private readonly small = el('small', {});
  private readonly right = el('span', { class: 'right' });
  private readonly answer = el('section', { class: 'sec lie-answer' });
  private readonly list = statementList();
  private readonly legend = el('div', { class: 'legend' });
  private readonly note = el('div', {});
  private readonly details;
  private readonly proof;
  private readonly steer;
  private readonly stop: () => void;
  private data: LieData | null = null;
  private card: ProbeCard | null = null;
  private proven: { card: ProbeCard; theme: unknown } | null = null;
  /** Index of the chosen statement. */
  private chosen: number | null = null;
  private locked: number | null = null;
  private width = 0;

  constructor(
    private readonly context: ViewContext,
    private readonly analysis: 'lie' | 'answer',
  ) {
    this.details = statementDetails(context, (index) => this.choose(index));
    this.proof = evidence(context);
    this.steer = new SteerSection(context);
    const heading = el('h2', {}, this.title, this.small, this.right);
    this.element = el(
      'div',
      {},
      this.answer,
      el('section', { class: 'sec' }, heading, this.list.element, this.legend, this.note),
      this.details.element,
      this.proof.element,
      this.steer.element,
    );
    this.stop = context.onWidth(this.list.element, (value) => {
      this.width = value;
      this.draw();
    });
  }

  about() {
    // The shell asks for this before the section is updated, so the data come from the state.
    const known = viewData(this.context.state()[this.analysis])?.result.card;
    const cannot = t('whether it is true; it reads no intent.');
    return {
      shows: t('whether a statement looks true to this model.'),
      cannotTell: known ? inProse([cannot, errorWords(known.accuracy.forced)]) : cannot,
    };
  }

  lead(): Lead {
    const own = this.analysis === 'answer';
    const question = own
      ? t('Does the model’s own answer look true to it?')
      : t('Which of these statements look true to the model?');
    const data = viewData(this.context.state()[this.analysis]);
    return { question, answer: data ? countWords(data.result) : '' };
  }

  running(): string {
    return this.analysis === 'answer' ? t('Answering, then reading the answer') : t('Reading one statement at a time');
  }

  update(state: PanelState): void {
    this.data = viewData(state[this.analysis]);
    const { data, card, chosen } = this;
    const next = data?.result.card ?? null;
    if (!card || !next || !sameCard(card, next)) this.card = next;
    if (chosen !== null && data && chosen >= data.result.statements.length && data.result.complete) this.chosen = null;
    if (state.selection.locked !== this.locked) this.follow(state.selection.locked);
    this.locked = state.selection.locked;
    this.draw();
  }

  destroy(): void {
    this.stop();
    this.details.destroy();
    this.proof.destroy();
    this.steer.destroy();
  }

  chips(): HTMLElement[] {
    const { data, card, chosen } = this;
    if (!data || !card) return [];
    const chip = (name: string, ...content: (Node | string)[]) =>
      el('span', { class: 'chip' }, el('span', { class: 'k' }, name), ...content);
    const probe = data.probe ?? t('came with the model');
    const all = [
      chip(t('Statements'), grouped(data.labels.length)),
      chip(
        t('Probe'),
        el('span', { class: 'chip-name' }, probe),
        el('span', { class: 'k' }, t('held-out AUROC {0}', figureWords(card.topicMean))),
        linkButton(t('Use Another Probe…'), () => this.context.action('chooseProbe')),
      ),
    ];
    if (chosen === null) return all;
    const unlock = () => this.choose(null);
    return [...all, lockChip(t('Statement'), t('Unlock'), unlock, el('span', {}, grouped(chosen + 1)))];
  }

  /** J and K choose the next and the previous statement. */
  key(event: KeyboardEvent): boolean {
    const step = { j: 1, J: 1, k: -1, K: -1 }[event.key];
    const count = this.data?.result.statements.length ?? 0;
    if (!step || count === 0) return false;
    const from = this.chosen ?? (step > 0 ? -1 : count);
    this.choose(Math.max(0, Math.min(count - 1, from + step)));
    return true;
  }

  unlock(): void {
    if (this.chosen !== null) this.choose(null);
  }

  tables(): TableTwin[] {
    const { data, card } = this;
    return data && card ? [statementTable(data), ...cardTables(card), ...this.steer.tables()] : [];
  }

  exports(): ViewExports {
    const { data } = this;
    if (!data) return {};
    return {
      svg: () => {
        const theme = this.context.theme();
        const drawing = listDrawing(data, theme, Math.max(480, this.width));
        const list = { title: this.title.textContent ?? '', drawing };
        return svgDocument(theme, t('Lie Detector'), [list, ...this.details.drawings(), ...this.proof.drawings()]);
      },
      json: () => ({ ...data.result, labels: data.labels, answer: data.answer, probe: data.probe }),
    };
  }

  private choose(index: number | null): void {
    this.chosen = index;
    // The chips belong to the shell, which this call makes redraw them and this section.
    this.context.select({});
    const source = index === null ? null : this.data?.result.statements[index]?.source;
    if (source && this.analysis === 'lie') this.context.channel.notify('revealStatement', { range: source });
  }

  /** A token locked elsewhere chooses the statement that contains it. */
  private follow(locked: number | null): void {
    const place = locked === null ? null : (this.data?.prompt.tokens[locked]?.source ?? null);
    const found = place
      ? this.data?.result.statements.findIndex(({ source }) => source && source[0] < place[1] && place[0] < source[1])
      : -1;
    if (found !== undefined && found >= 0) this.chosen = found;
  }

  private draw(): void {
    const { data, card, context, width, chosen } = this;
    this.element.hidden = data === null;
    this.steer.update(data && card && this.steerSource(data, card));
    if (!data || !card) return;
    const theme = context.theme();
    if (this.proven?.card !== card || this.proven.theme !== theme) {
      this.proof.update(card, data.probe);
      this.proven = { card, theme };
    }
    this.fillHeading(data, card);
    this.answer.hidden = data.answer === null;
    if (data.answer) fill(this.answer, ...answerParts(data.answer));
    const onChoose = (index: number | null) => this.choose(index);
    if (width > 0) this.list.update(data, { theme, width, chosen, onChoose, announce: context.announce });
    fill(this.legend, ...listLegend(theme, data));
    const trained = trainingWords(data);
    const others = [agreementWords(data), leftOutWords(data), tableWords(data.reading)];
    const notes = [...[trained].filter(Boolean).map(warning), ...others.filter(Boolean).map(plain)];
    fill(this.note, notesList(notes));
    // Before anything is chosen, the first statement shows what kind of details there are.
    this.details.update(data, card, chosen ?? 0);
  }

  private steerSource({ result, prompt }: LieData, own: ProbeCard): SteerSource {
    const { channel } = this.context;
    return {
      key: own,
      beginning: unfinished(result.statements[0]?.text ?? prompt.rendered),
      layers: own.layers.length - 1,
      best: steeringLayer(own) ?? 0,
      direction: async (layer) => (await channel.request('truthDirection', { layer })).direction,
      toward: [t('looking false'), t('looking true')],
    };
  }

  private fillHeading({ result, labels }: LieData, { blocks }: ProbeCard): void {
    this.title.textContent = this.analysis === 'answer' ? t('Statements of the answer') : t('Statements');
    const some = result.complete
      ? ''
      : t('{0} of {1} so far; ', grouped(result.statements.length), grouped(labels.length));
    this.small.textContent =
      some + t('read at each statement’s last word and its final punctuation, blocks {0}', blockRange({ blocks }));
    this.right.textContent = this.width > 700 ? t('probability of “looks true”') : '';
  }
}

/** The model's own answer with its likelihood. */
function answerParts({ finish, how, logprob, text }: NonNullable<LieData['answer']>): HTMLElement[] {
  const cut = finish === 'length' ? t('The answer was cut off at the limit.') : '';
  const begun =
    how === 'chat'
      ? t('The model received the text as a message, and answers with its likeliest words.')
      : t('The model continues the text with its likeliest words.');
  const figures = t('mean log p {0} per token, perplexity {1}', fixed(logprob), fixed(Math.exp(-logprob), 1));
  const advice = t(
    'For free answers the mean log p is the better sign of a wrong one: the probe was trained on plain statements.',
  );
  return [
    el('h2', {}, t('The model’s answer'), el('small', {}, figures)),
    el('p', { class: 'lie-said' }, text.trim()),
    el('p', { class: 's m' }, inProse([begun, cut, advice])),
  ];
}

/** A statement without its last word, which the model is to supply. */
function unfinished(statement: string): string {
  return statement.replace(/\s+\S+$/, '');
}
