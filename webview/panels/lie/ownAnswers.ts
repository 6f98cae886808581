/**
 * The probe on the model's own output: its choice among listed values, where every answer is right or wrong, and its own words,
 * few of which can be judged; each beside the mean log-probability.
 */
import type { AnswersCard, AnswersFigures, Figure, ProbeCard } from '../../../src/analysis/truth/contract';
import type { TableTwin } from '../../base/a11y';
import { el } from '../../base/dom';
import { grouped } from '../../base/format';
import { inClauses, inProse, t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { aurocText, type Lollipop, lollipops } from '../../charts/lie/lollipops';
import { topicText } from '../../charts/lie/topicIntervals';
import type { DrawingPart } from '../../charts/shared/svgDocument';
import { chartSlot, factList } from './chartSlot';

export interface OwnAnswers {
  element: HTMLElement;
  update(card: ProbeCard): void;
  drawings(): DrawingPart[];
  destroy(): void;
}

export function ownAnswers(context: ViewContext): OwnAnswers {
  const listed = chartSlot(context, lollipops);
  const free = chartSlot(context, lollipops);
  const slots = [listed, free];
  const element = el('div', { class: 'cols two lie-own' }, listed.element, free.element);

  function content(title: string, figures: AnswersFigures, { affirmative }: ProbeCard, under: string) {
    const rows = answerRows(figures, affirmative);
    const facts = (step: number): [string, string][] => [
      [t('AUROC'), aurocText(rows[step].value)],
      [t('95 % interval'), (rows[step].interval ?? []).map(topicText).join('–')],
    ];
    return {
      title,
      small: t('AUROC, {0} right and {1} wrong', grouped(figures.right), grouped(figures.wrong)),
      data: rows,
      options: {
        label: t('AUROC of the probe and of the mean log p on the model’s own answers'),
        chance: t('.5 = chance'),
        describe: (step: number) => inClauses([rows[step].label, ...facts(step).map((fact) => fact.join(' '))]),
      },
      card: (step: number) => [el('div', { class: 'strong s' }, rows[step].label), factList(facts(step))],
      under: [under],
    };
  }

  return {
    element,
    update(card) {
      const { answers } = card;
      element.hidden = answers === null;
      listed.update(
        answers && content(t('On the model’s own choices'), answers.listed, card, listedWords(answers.listed, card)),
      );
      free.update(answers && content(t('On its own words'), answers.free, card, freeWords(answers.free)));
    },
    drawings: () => slots.map((slot) => slot.picture()),
    destroy() {
      for (const slot of slots) slot.destroy();
    },
  };
}

function answerRows({ probe, logprob, both }: AnswersFigures, statements: Figure): Lollipop[] {
  const row = (label: string, { value, low, high }: Figure, kind: Lollipop['kind']): Lollipop => ({
    ...{ label, value, kind },
    interval: [low, high],
  });
  return [
    row(t('this probe'), probe, 'own'),
    row(t('with mean log p'), both, 'part'),
    row(t('mean log p alone'), logprob, 'other'),
    row(t('this probe on statements'), statements, 'apart'),
  ];
}

/** The probe's result where the model itself chose, compared with plain statements. */
export function listedWords({ probe }: AnswersFigures, { affirmative }: Pick<ProbeCard, 'affirmative'>): string {
  const how = t(
    'The model completed sentences of the table itself, each with one value of a list; the probe had not seen their topic.',
  );
  if (probe.low <= 0.5)
    return inProse([how, t('It does not tell the right ones from the wrong ones: its interval reaches chance.')]);
  if (probe.value >= affirmative.value) return inProse([how, t('It reads them as well as plain statements.')]);
  const less = t(
    'It reads them less well than plain statements, {0} instead of {1}: what a model gets wrong by itself is a near miss that it half believes.',
    aurocText(probe.value),
    aurocText(affirmative.value),
  );
  return `${how} ${less}`;
}

export function freeWords({ right, wrong, unjudged, probe, logprob }: AnswersCard['free']): string {
  const judged = t(
    'The model completed the same sentences in its own words. Only {0} of {1} different endings name a value of the list and can be judged, so this figure is less certain.',
    grouped(right + wrong),
    grouped(right + wrong + unjudged),
  );
  return probe.value < logprob.value ? inProse([judged, t('Here the mean log p alone is the better sign.')]) : judged;
}

export function answersTable(
  { listed, free }: AnswersCard,
  { affirmative }: Pick<ProbeCard, 'affirmative'>,
): TableTwin {
  const rows = (name: string, figures: AnswersFigures) =>
    answerRows(figures, affirmative)
      .filter(({ kind }) => kind !== 'apart')
      .map(({ label, value, interval }) => [
        ...[name, label, value, interval?.[0] ?? null, interval?.[1] ?? null],
        ...[figures.right, figures.wrong],
      ]);
  return {
    caption: t('On the model’s own answers'),
    columns: [t('answers'), t('probe'), t('AUROC'), t('low'), t('high'), t('right'), t('wrong')],
    rows: [...rows(t('own choices'), listed), ...rows(t('own words'), free)],
  };
}
