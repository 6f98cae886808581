/**
 * Does it say the same twice? The likeliest continuation computed again and in other ways: the answer in one sentence, the text
 * with its fragile steps marked, the reach of each way, the ways as a table. Nothing is computed before the user asks for it.
 */
import type { Intent, PanelState } from '../../../src/analysis/panel';
import type { RepeatData } from '../../../src/analysis/repeat/contract';
import { type TableTwin, tableElement } from '../../base/a11y';
import { button, dropdown, type Field, linkButton } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { t } from '../../base/strings';
import { chosen, type ViewContext, viewData } from '../../base/view';
import type { Chart } from '../../charts/chart';
import { type RepeatReachData, type RepeatReachOptions, repeatReach } from '../../charts/repeat/reach';
import { type RepeatTextData, type RepeatTextOptions, repeatText } from '../../charts/repeat/text';
import {
  differenceText,
  type RepeatStep,
  reachOf,
  stepsTable,
  stepWords,
  wayName,
  waysTable,
} from '../../charts/repeat/words';
import { type DrawingPart, textDrawing } from '../../charts/shared/svgDocument';
import type { Section } from '../section';
import { heldChart } from '../sized';
import { repeatStateLine } from './repeatState';
import { answerWords, believeWords, reachLegend, reachWords, waysRows } from './repeatWords';

/**
 * Choices for the number of tokens of the continuation and of runs of each way; another value that was chosen elsewhere is added
 * to them.
 */
const lengths = [20, 40, 80, 160];
const times = [2, 5, 20, 100];

export class RepeatSection implements Section<PanelState> {
  readonly element: HTMLElement;
  private readonly title = t('Does it say the same twice?');
  private readonly ask = button({ label: t('Compute It Again'), icon: 'refresh', onClick: () => this.open(true) });
  private readonly close = linkButton(t('Close'), () => this.open(false));
  private readonly invitation;
  private readonly line;
  private readonly answer = el('p', { class: 'repeat-answer', role: 'status' });
  private readonly textBox = el('div');
  private readonly legend = el('div', { class: 'legend' });
  private readonly waysBox = el('div', {
    class: 'repeat-ways',
    ...{ role: 'region', 'aria-label': t('Ways of computing, each compared with the first run'), tabindex: 0 },
  });
  private readonly knobs;
  private readonly believe = el('ul', { class: 's m' });
  private readonly figures;
  private readonly evidence;
  private readonly body;
  private data: RepeatData | null = null;
  /** Hex of the tokens that are pieces of a character, by id. */
  private readonly bytes = new Map<number, string>();
  private text: Chart<RepeatTextData, RepeatTextOptions> | null = null;
  private readonly reach;

  constructor(private readonly context: ViewContext) {
    const reachBox = el('div');
    this.invitation = invitation(this.ask);
    this.line = repeatStateLine(context);
    this.knobs = { maxTokens: this.knob('maxTokens', lengths), runs: this.knob('runs', times) };
    const caption = t('The likeliest continuation. Underlined: a fragile step, with the runner-up below it.');
    this.figures = el('div', {}, this.answer, this.textBox, el('p', { class: 's m' }, caption), reachBox, this.legend);
    this.evidence = el('div', {}, this.waysBox, believeDetails(this.believe));
    const controls = el('div', { class: 'ctl no-export' }, this.knobs.maxTokens.element, this.knobs.runs.element);
    this.body = el('div', {}, this.line.element, this.figures, controls, this.evidence);
    this.element = el(
      'section',
      { class: 'sec repeat', 'aria-label': this.title },
      el('h2', {}, this.title, el('span', { class: 'right no-export' }, this.close)),
      this.invitation,
      this.body,
    );
    this.reach = heldChart(context, reachBox, repeatReach, (shown: RepeatData, width) =>
      this.reachInputs(shown, width),
    );
  }

  update(state: PanelState): void {
    const { asked, maxTokens, runs } = state.intent.probabilities.repeat;
    this.invitation.hidden = asked;
    this.close.hidden = this.body.hidden = !asked;
    const data = asked ? viewData(state.repeat) : null;
    this.data = data;
    if (!asked) return;
    this.knobs.maxTokens.set(String(maxTokens));
    this.knobs.runs.set(String(runs));
    this.line.update(state.repeat);
    this.figures.hidden = data === null;
    this.evidence.hidden = data === null || data.result.ways.length === 0;
    if (data) this.draw(data);
  }

  /** The known result, for exports; null if none was requested. */
  result(): RepeatData['result'] | null {
    return this.data?.result ?? null;
  }

  tables(): TableTwin[] {
    return this.data ? [stepsTable(this.data.result.steps), waysTable(this.data.result.ways)] : [];
  }

  drawings(): DrawingPart[] {
    if (!this.data) return [];
    return [
      { title: this.title, drawing: textDrawing(this.textBox, this.context.theme()) },
      { title: t('Lead over the next token'), drawing: this.reach.chart()?.drawing() ?? null },
    ];
  }

  destroy(): void {
    this.reach.stop();
    this.text?.destroy();
  }

  private intent(): Repeat {
    return this.context.state().intent.probabilities.repeat;
  }

  private intend(change: Partial<Repeat>): void {
    this.context.setIntent(chosen(this.context, 'probabilities', { repeat: { ...this.intent(), ...change } }));
  }

  private knob(name: 'maxTokens' | 'runs', offered: readonly number[]): Field<string> {
    const value = this.intent()[name];
    const all = [...new Set([...offered, value])].sort((a, b) => a - b);
    return dropdown({
      label: name === 'runs' ? t('each way') : t('to'),
      options: all.map((each) => ({
        value: String(each),
        label: name === 'runs' ? t('{0} times', each) : t('{0} tokens', each),
      })),
      value: String(value),
      onChange: (next) => this.intend({ [name]: Number(next) }),
    });
  }

  private open(asked: boolean): void {
    this.intend({ asked });
    (asked ? this.close : this.ask).focus();
  }

  private draw(data: RepeatData): void {
    const { result } = data;
    const answer = el('b', { class: 'strong' }, answerWords(result));
    fill(this.answer, answer, ' ', el('span', { class: 'm' }, reachWords(result)));
    this.drawText(data);
    this.reach.update(data);
    fill(this.legend, ...reachLegend(this.context.theme(), result));
    const cell = (value: string | number | null) => (typeof value === 'number' ? differenceText(value) : (value ?? ''));
    fill(this.waysBox, tableElement(waysRows(result), cell));
    fill(this.believe, ...believeWords(result).map((sentence) => el('li', {}, sentence)));
    void this.readPieces(data);
  }

  private drawText(data: RepeatData): void {
    const drawn = { steps: this.steps(data), ended: data.result.finish === 'stop', partings: partings(data) };
    const label = t('Likeliest continuation with its fragile steps; arrows move');
    const options = { ...this.hover(data), theme: this.context.theme(), label };
    if (this.text) this.text.update(drawn, options);
    else this.text = repeatText(this.textBox, drawn, options);
  }

  private reachInputs(data: RepeatData, width: number): [RepeatReachData, RepeatReachOptions] {
    const { steps, ways } = data.result;
    const drawn = { steps, ways: ways.map((way) => ({ label: wayName(way), reach: reachOf(way) })) };
    const options = {
      ...this.hover(data),
      ...{ theme: this.context.theme(), width },
      label: t('Lead of each token over the next, and the reach of each way; arrows move'),
      describe: (step: number) => this.said(data, step),
      axis: t('lead over the next token, nats'),
      ends: [t('step {0}', 1), steps.length > 1 ? t('step {0}', steps.length) : ''] as const,
    };
    return [drawn, options];
  }

  private steps({ result }: RepeatData): RepeatStep[] {
    return result.steps.map((step) => ({ ...step, bytes: this.bytes.get(step.id) }));
  }

  /** The words for a step; empty for one that is not there. */
  private said(data: RepeatData, step: number): string {
    const all = this.steps(data);
    return all[step] ? stepWords(all[step], step, partings(data).includes(step)) : '';
  }

  /** The common options of the two charts. */
  private hover(data: RepeatData): Pick<RepeatTextOptions, 'announce' | 'onHover'> {
    const { announce, card } = this.context;
    const onHover = (step: number | null, anchor: Element | null) =>
      card(anchor, ...(step === null || !anchor ? [] : [el('div', { class: 's' }, this.said(data, step))]));
    return { announce, onHover };
  }

  /** A character of several tokens is drawn as a whole once its bytes are known. */
  private async readPieces({ result }: RepeatData): Promise<void> {
    const { bytes } = this;
    const pieces = result.steps.filter((step) => step.text.includes('\ufffd') && !bytes.has(step.id));
    if (pieces.length === 0) return;
    const ids = [...new Set(pieces.map(({ id }) => id))];
    for (const id of ids) bytes.set(id, '');
    const found = await this.context.channel.request('vocabulary', { ids }).catch(() => []);
    for (const each of found) bytes.set(each.id, each.bytes);
    if (this.data) this.drawText(this.data);
  }
}

type Repeat = Intent['probabilities']['repeat'];

/** Steps at which the text of another way departs from the first run's. */
const partings = ({ result }: RepeatData): number[] =>
  result.ways.flatMap(({ firstDifference }) => firstDifference ?? []);

function invitation(ask: HTMLElement): HTMLElement {
  const words = t(
    'This computes the likeliest continuation again, with and without stored values, after an edit and in a batch, and compares every logit. It takes some seconds.',
  );
  return el('div', { class: 'repeat-ask no-export' }, el('p', { class: 'm' }, words), ask);
}

function believeDetails(list: HTMLElement): HTMLElement {
  const cannot = t('This cannot tell what another machine, provider or precision does: they may differ more.');
  const title = el('b', { class: 'strong' }, t('How far to believe this'));
  return el('details', { class: 'repeat-believe' }, el('summary', {}, title, el('span', { class: 'm' }, cannot)), list);
}
