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
import type { StepChart } from '../../charts/shared/stepChart';
import { type DrawingPart, textDrawing } from '../../charts/shared/svgDocument';
import { sized } from '../sized';
import { repeatStateLine } from './repeatState';
import { answerWords, believeWords, reachLegend, reachWords, waysRows } from './repeatWords';

/**
 * Choices for the number of tokens of the continuation and of runs of each way; another value that was chosen elsewhere is added
 * to them.
 */
const lengths = [20, 40, 80, 160];
const times = [2, 5, 20, 100];

export interface RepeatSection {
  element: HTMLElement;
  update(state: PanelState): void;
  /** The known result, for exports; null if none was requested. */
  result(): RepeatData['result'] | null;
  tables(): TableTwin[];
  drawings(): DrawingPart[];
  dispose(): void;
}

export function repeatSection(context: ViewContext): RepeatSection {
  const intent = () => context.state().intent.probabilities.repeat;
  const intend = (change: Partial<Intent['probabilities']['repeat']>) =>
    context.setIntent(chosen(context, 'probabilities', { repeat: { ...intent(), ...change } }));
  const title = t('Does it say the same twice?');
  const ask = button({ label: t('Compute It Again'), icon: 'refresh', onClick: () => open(true) });
  const close = linkButton(t('Close'), () => open(false));
  const invitation = el(
    'div',
    { class: 'repeat-ask no-export' },
    el(
      'p',
      { class: 'm' },
      t(
        'Computes the likeliest continuation again, with and without stored values, after an edit and in a batch, and compares every logit. Takes some seconds.',
      ),
    ),
    ask,
  );
  const line = repeatStateLine(context);
  const answer = el('p', { class: 'repeat-answer', role: 'status' });
  const textBox = el('div');
  const reachBox = el('div');
  const legend = el('div', { class: 'legend' });
  const waysBox = el('div', { class: 'repeat-ways' });
  const knobs = { maxTokens: knob('maxTokens', lengths), runs: knob('runs', times) };
  const believe = el('ul', { class: 's m' });
  const figures = el(
    'div',
    {},
    answer,
    textBox,
    el(
      'p',
      { class: 's m' },
      t('The likeliest continuation. Underlined: a fragile step, with the runner-up below it.'),
    ),
    reachBox,
    legend,
  );
  const evidence = el(
    'div',
    {},
    waysBox,
    el(
      'details',
      { class: 'repeat-believe' },
      el(
        'summary',
        {},
        el('b', { class: 'strong' }, t('How far to believe this')),
        el(
          'span',
          { class: 'm' },
          t('Cannot tell what another machine, provider or precision does: they may differ more.'),
        ),
      ),
      believe,
    ),
  );
  const controls = el('div', { class: 'ctl no-export' }, knobs.maxTokens.element, knobs.runs.element);
  const body = el('div', {}, line.element, figures, controls, evidence);
  const element = el(
    'section',
    { class: 'sec repeat', 'aria-label': title },
    el('h2', {}, title, el('span', { class: 'right no-export' }, close)),
    invitation,
    body,
  );

  let data: RepeatData | null = null;
  /** Hex of the tokens that are pieces of a character, by id. */
  const bytes = new Map<number, string>();
  let text: Chart<RepeatTextData, RepeatTextOptions> | null = null;
  let chart: StepChart<RepeatReachData, RepeatReachOptions> | null = null;
  const reach = sized<RepeatData>(context, reachBox, (shown, width) => {
    const { steps, ways } = shown.result;
    const drawn = { steps, ways: ways.map((way) => ({ label: wayName(way), reach: reachOf(way) })) };
    const options: RepeatReachOptions = {
      ...{ theme: context.theme(), width, announce: context.announce, onHover: card },
      label: t('Lead of each token over the next, and the reach of each way; arrows move'),
      describe: said,
      axis: t('lead over the next token, nats'),
      ends: [t('step {0}', 1), steps.length > 1 ? t('step {0}', steps.length) : ''],
    };
    if (chart) chart.update(drawn, options);
    else chart = repeatReach(reachBox, drawn, options);
  });

  function knob(name: 'maxTokens' | 'runs', offered: readonly number[]): Field<string> {
    const value = intent()[name];
    const all = [...new Set([...offered, value])].sort((a, b) => a - b);
    return dropdown({
      label: name === 'runs' ? t('each way') : t('to'),
      options: all.map((each) => ({
        value: String(each),
        label: name === 'runs' ? t('{0} times', each) : t('{0} tokens', each),
      })),
      value: String(value),
      onChange: (next) => intend({ [name]: Number(next) }),
    });
  }

  function open(asked: boolean): void {
    intend({ asked });
    (asked ? close : ask).focus();
  }

  const steps = (): RepeatStep[] => data?.result.steps.map((step) => ({ ...step, bytes: bytes.get(step.id) })) ?? [];
  const partings = (shown: RepeatData) => shown.result.ways.flatMap(({ firstDifference }) => firstDifference ?? []);
  const said = (step: number) => {
    const all = steps();
    return all[step] ? stepWords(all[step], step, data !== null && partings(data).includes(step)) : '';
  };

  function card(step: number | null, anchor: Element | null): void {
    context.card(anchor, ...(step === null || !anchor ? [] : [el('div', { class: 's' }, said(step))]));
  }

  function drawText(shown: RepeatData): void {
    const drawn = { steps: steps(), ended: shown.result.finish === 'stop', partings: partings(shown) };
    const label = t('Likeliest continuation with its fragile steps; arrows move');
    const options = { theme: context.theme(), label, announce: context.announce, onHover: card };
    if (text) text.update(drawn, options);
    else text = repeatText(textBox, drawn, options);
  }

  /** A character of several tokens is drawn as a whole once its bytes are known. */
  async function readPieces(shown: RepeatData): Promise<void> {
    const pieces = shown.result.steps.filter((step) => step.text.includes('\ufffd') && !bytes.has(step.id));
    if (pieces.length === 0) return;
    const ids = [...new Set(pieces.map(({ id }) => id))];
    for (const id of ids) bytes.set(id, '');
    const found = await context.channel.request('vocabulary', { ids }).catch(() => []);
    for (const each of found) bytes.set(each.id, each.bytes);
    if (data) drawText(data);
  }

  function draw(shown: RepeatData): void {
    const { result } = shown;
    fill(
      answer,
      el('b', { class: 'strong' }, answerWords(result)),
      ' ',
      el('span', { class: 'm' }, reachWords(result)),
    );
    drawText(shown);
    reach.update(shown);
    fill(legend, ...reachLegend(context.theme(), result));
    fill(
      waysBox,
      tableElement(waysRows(result), (cell) => (typeof cell === 'number' ? differenceText(cell) : (cell ?? ''))),
    );
    fill(believe, ...believeWords(result).map((sentence) => el('li', {}, sentence)));
    void readPieces(shown);
  }

  return {
    element,
    update(state) {
      const { asked, maxTokens, runs } = state.intent.probabilities.repeat;
      invitation.hidden = asked;
      close.hidden = !asked;
      body.hidden = !asked;
      data = asked ? viewData(state.repeat) : null;
      if (!asked) return;
      knobs.maxTokens.set(String(maxTokens));
      knobs.runs.set(String(runs));
      line.update(state.repeat);
      figures.hidden = data === null;
      evidence.hidden = data === null || data.result.ways.length === 0;
      if (data) draw(data);
    },
    result: () => data?.result ?? null,
    tables: () => (data ? [stepsTable(data.result.steps), waysTable(data.result.ways)] : []),
    drawings: () =>
      data
        ? [
            { title, drawing: textDrawing(textBox, context.theme()) },
            { title: t('Lead over the next token'), drawing: chart?.drawing() ?? null },
          ]
        : [],
    dispose() {
      reach.stop();
      text?.destroy();
      chart?.destroy();
    },
  };
}
