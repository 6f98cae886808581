/**
 * How far to trust the probe, shown in the view instead of a manual: where it can be read, how it compares with simpler methods
 * and with chance, its failure without negation, calibration, topics, the gain of saying "can't tell", the frozen test, its card.
 */
import { type ProbeCard, type TopicsFigures, unsureBetween } from '../../../src/analysis/truth/contract';
import { linkButton } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { fixed, grouped } from '../../base/format';
import { inClauses, inList, inProse, t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { aurocText, type Lollipop, lollipops } from '../../charts/lie/lollipops';
import { type ProbeCurveData, probeCurve } from '../../charts/lie/probeCurve';
import { reliability } from '../../charts/lie/reliability';
import { shareCurve } from '../../charts/lie/shareCurve';
import { type TopicRow, topicIntervals, topicText } from '../../charts/lie/topicIntervals';
import type { DrawingPart } from '../../charts/shared/svgDocument';
import { fold } from '../fold';
import { chartSlot, factList } from './chartSlot';
import { ownAnswers } from './ownAnswers';
import { topicName } from './topics';
import { blockRange, figureWords, gainWords, probabilityText, promiseWords, rateWords, shareOf } from './words';

export interface Evidence {
  element: HTMLElement;
  /** `probe`: file name; null = the probe that came with the model. */
  update(card: ProbeCard, probe: string | null): void;
  drawings(): DrawingPart[];
  destroy(): void;
}

export function evidence(context: ViewContext): Evidence {
  const layers = chartSlot(context, probeCurve);
  const simpler = chartSlot(context, lollipops);
  const calibration = chartSlot(context, reliability);
  const topics = chartSlot(context, topicIntervals);
  const frozen = chartSlot(context, topicIntervals);
  const coverage = chartSlot(context, shareCurve);
  const own = ownAnswers(context);
  const facts = el('section', { class: 'sec' });
  const slots = [layers, simpler, calibration, topics, coverage, frozen];
  const unfrozen = el('section', { class: 'sec' });
  const parts = el(
    'div',
    {},
    el('div', { class: 'cols three' }, layers.element, simpler.element, calibration.element),
    el('div', { class: 'cols wide-l' }, topics.element, coverage.element),
    own.element,
    el('div', { class: 'cols wide-l' }, el('div', {}, frozen.element, unfrozen), facts),
  );
  const folded = fold(t('How far to believe this'), parts);
  folded.element.classList.add('lie-evidence');
  const flip = el('p', { class: 'lie-flip', hidden: true });
  const why = linkButton(t('What if it is trained without “not”?'), () => {
    flip.hidden = !flip.hidden;
    why.setAttribute('aria-expanded', String(!flip.hidden));
  });
  why.setAttribute('aria-expanded', 'false');

  function update(card: ProbeCard, probe: string | null): void {
    folded.say(promiseWords(card.accuracy));
    layers.update(layerContent(card));
    const rows = comparison(card);
    flip.textContent = flipWords(card);
    simpler.update({
      title: t('Compared with simpler methods'),
      small: t('AUROC, topic held out: pooled'),
      data: rows,
      options: {
        label: t('AUROC of the probe and of what it is compared with'),
        chance: t('.5 = chance'),
        describe: (step) => describeRow(rows[step]),
      },
      card: (step) => [el('div', { class: 'strong s' }, rows[step].label), factList(rowFacts(rows[step]))],
      under: [gainWords(card), ' ', why, flip],
    });
    calibration.update(calibrationContent(card));
    const trained = topicRows(card);
    topics.update({
      title: t('By topic, each held out in turn'),
      small: t('AUROC with 95 % interval; mean {0}, from {1} to {2}', ...rangeTexts(card)),
      data: trained,
      ...topicOptions(trained, t('AUROC of each topic')),
      under: [
        inProse([
          t('Hollow: the interval touches chance (the line at .5).'),
          trained.some(({ hard }) => hard) ? t('Pale names: topics that small models hardly know.') : '',
        ]),
      ],
    });
    coverage.update(coverageContent(card));
    own.update(card);
    const unseen = card.frozen ? topicRows(card.frozen) : [];
    frozen.update(
      card.frozen && {
        title: t('Frozen test'),
        small: t('topics kept aside until the end: mean {0}, from {1} to {2}', ...rangeTexts(card.frozen)),
        data: unseen,
        ...topicOptions(unseen, t('AUROC of each frozen topic')),
        under: [promiseWords(card.frozen.accuracy)],
      },
    );
    unfrozen.hidden = card.frozen !== null;
    fill(unfrozen, el('h2', {}, t('Frozen test')), el('p', { class: 'm' }, t('Not evaluated yet.')));
    fill(facts, el('h2', {}, t('This probe')), factList(cardFacts(card, probe)));
  }

  return {
    element: folded.element,
    update,
    drawings: () => [...slots.map((slot) => slot.picture()), ...own.drawings()],
    destroy() {
      for (const slot of slots) slot.destroy();
      own.destroy();
    },
  };
}

/** Topics in order, the best first. */
function topicRows({ topics }: Pick<TopicsFigures, 'topics'>): TopicRow[] {
  return [...topics]
    .sort((a, b) => b.auroc.value - a.auroc.value)
    .map(({ topic, known, auroc }) => ({ topic: topicName(topic), figure: auroc, hard: !known }));
}

/** The mean over topics with its interval, and the worst and the best topic. */
function rangeTexts({ topicMean, topicRange }: Pick<TopicsFigures, 'topicMean' | 'topicRange'>): string[] {
  return [figureWords(topicMean), ...topicRange.map(topicText)];
}

function topicOptions(rows: readonly TopicRow[], label: string) {
  const describe = (step: number) => `${rows[step].topic} ${figureWords(rows[step].figure)}`;
  return {
    options: { label, describe },
    card: (step: number) => [
      el('div', { class: 'strong s' }, rows[step].topic),
      factList([
        [t('AUROC'), aurocText(rows[step].figure.value)],
        [t('95 % interval'), `${topicText(rows[step].figure.low)}–${topicText(rows[step].figure.high)}`],
      ]),
    ],
  };
}

/** A band of two standard deviations on either side of the mean of shuffled labels. */
export function shuffledBand(
  layers: readonly { shuffled: number; shuffledSpread: number }[],
): NonNullable<ProbeCurveData['band']> {
  return {
    low: layers.map(({ shuffled, shuffledSpread }) => shuffled - 2 * shuffledSpread),
    high: layers.map(({ shuffled, shuffledSpread }) => shuffled + 2 * shuffledSpread),
    label: t('shuffled labels, ±2 sd'),
  };
}

function layerContent(card: ProbeCard) {
  const { layers, baselines } = card;
  const band = shuffledBand(layers);
  const facts = (step: number): [string, string][] => [
    [t('AUROC'), aurocText(layers[step].auroc)],
    [t('shuffled labels'), `${topicText(layers[step].shuffled)} ± ${fixed(layers[step].shuffledSpread)}`],
  ];
  return {
    title: t('Blocks where it can be read'),
    small: t('AUROC, topic held out: pooled'),
    data: {
      layers: layers.map(({ layer }) => layer),
      values: layers.map(({ auroc }) => auroc),
      spread: null,
      band,
      lines: [{ value: baselines.logprob.value, label: t('log p × negation {0}', topicText(baselines.logprob.value)) }],
      marked: card.blocks,
      blank: null,
      range: [0.4, 0.9] as const,
    },
    options: {
      label: t('AUROC by block, with the band of shuffled labels'),
      axis: t('block (large dots: used for the verdict)'),
      describe: (step: number) =>
        inClauses([t('block {0}', layers[step].layer), ...facts(step).map((fact) => fact.join(' '))]),
    },
    card: (step: number) => [
      el('div', { class: 'strong s' }, t('block {0}', layers[step].layer)),
      factList(facts(step)),
    ],
  };
}

/** This probe, its parts, the figures it is compared with, and its known failure. */
export function comparison(card: ProbeCard): Lollipop[] {
  const own = (label: string, { value, low, high }: ProbeCard['auroc'], kind: Lollipop['kind']): Lollipop => ({
    ...{ label, value, kind },
    interval: [low, high],
  });
  const read = card.layers.filter(({ layer }) => card.blocks.includes(layer));
  const shuffled = read.reduce((sum, each) => sum + each.shuffled, 0) / Math.max(1, read.length);
  return [
    own(t('this probe'), card.auroc, 'own'),
    own(t('topics it knows'), card.known, 'part'),
    own(t('affirmative'), card.affirmative, 'part'),
    own(t('negated'), card.negated, 'part'),
    ...(card.frozen ? [own(t('frozen topics'), card.frozen.auroc, 'part')] : []),
    ...(card.answers ? [own(t('model’s own choices'), card.answers.listed.probe, 'part')] : []),
    own(t('log p × negation'), card.baselines.logprob, 'other'),
    ...(card.baselines.words ? [own(t('words (TF-IDF)'), card.baselines.words, 'other')] : []),
    ...(card.baselines.length ? [own(t('length'), card.baselines.length, 'other')] : []),
    { label: t('shuffled labels'), value: shuffled, interval: null, kind: 'other' },
    { label: t('no “not” in training'), value: card.negationFlip, interval: null, kind: 'apart' },
  ];
}

function rowFacts({ value, interval }: Lollipop): [string, string][] {
  const facts: [string, string][] = [[t('AUROC'), aurocText(value)]];
  if (interval) facts.push([t('95 % interval'), interval.map(topicText).join('–')]);
  return facts;
}

function describeRow(row: Lollipop): string {
  return inClauses([row.label, ...rowFacts(row).map((fact) => fact.join(' '))]);
}

function flipWords({ negationFlip }: ProbeCard): string {
  const figure = aurocText(negationFlip);
  if (negationFlip < 0.4)
    return t(
      'The same probe, trained on affirmative statements only and tested on negated ones, reaches {0}: it is not unsure but backwards. It learnt whether the words fit together (“Rome … Italy”), and “not” leaves them fitting. That is why this probe is told of every “not”.',
      figure,
    );
  return t(
    'The same probe, trained on affirmative statements only and tested on negated ones, reaches {0}; below .5 it would read them backwards. This probe is told of every “not”.',
    figure,
  );
}

function calibrationContent({ calibration }: ProbeCard) {
  const filled = calibration.bins.filter(({ count }) => count > 0);
  const facts = (step: number): [string, string][] => [
    [t('claimed'), probabilityText(filled[step].predicted)],
    [t('share true'), probabilityText(filled[step].observed)],
    [t('statements'), grouped(filled[step].count)],
  ];
  return {
    title: t('Calibration'),
    small: t('off by {0} on average, on kinds of sentence it knows', topicText(calibration.error)),
    data: { bins: calibration.bins, unsure: unsureBetween },
    options: {
      label: t('Reliability: claimed probability against the share that is true'),
      claimed: t('claimed'),
      observed: t('share true'),
      unsure: t('can’t tell'),
      describe: (step: number) => inClauses(facts(step).map((fact) => fact.join(' '))),
    },
    card: (step: number) => [factList(facts(step))],
  };
}

function coverageContent({ coverage, accuracy }: ProbeCard) {
  const [decided, forced] = [shareOf(accuracy.decided), shareOf(accuracy.forced)];
  const facts = (step: number): [string, string][] => [
    [t('answered'), `${Math.round(coverage[step].share * 100)} %`],
    [t('right'), topicText(coverage[step].accuracy)],
  ];
  return {
    title: t('Abstaining makes it more accurate'),
    small: t('accuracy on the surest share'),
    data: {
      points: coverage.map(({ share, accuracy: value }) => ({ at: share, value })),
      named: [
        {
          at: shareOf(accuracy.coverage),
          value: decided,
          label: t('as here: {0}', topicText(decided)),
          filled: true,
        },
        {
          at: 1,
          value: forced,
          label: t('never “can’t tell”: {0}', topicText(forced)),
          filled: false,
        },
      ],
      range: [0.7, 1] as const,
      chance: null,
    },
    options: {
      label: t('Accuracy over the share of statements that are answered'),
      axis: t('statements answered'),
      tick: (at: number) => `${Math.round(at * 100)} %`,
      describe: (step: number) => inClauses(facts(step).map((fact) => fact.join(' '))),
    },
    card: (step: number) => [factList(facts(step))],
    under: [promiseWords(accuracy)],
  };
}

function cardFacts(card: ProbeCard, probe: string | null): [string, string][] {
  return [
    [t('probe'), probe ?? t('came with the model')],
    [t('reads'), t('last word and final punctuation, mean of blocks {0}', inList(card.blocks.map(String)))],
    [
      t('trained on'),
      t('{0} statements, {1} topics', grouped(card.trainedOn.statements), grouped(card.trainedOn.topics)),
    ],
    [t('AUROC, topic held out: mean of topics'), figureWords(card.topicMean)],
    [t('from the worst topic to the best'), card.topicRange.map(topicText).join('–')],
    [t('AUROC, topic held out: pooled'), figureWords(card.auroc)],
    [t('right where it decides'), rateWords(card.accuracy.decided)],
    [t('share that it decides'), rateWords(card.accuracy.coverage)],
    [t('forced verdicts right'), rateWords(card.accuracy.forced)],
    [t('right on the surest half'), rateWords(card.surestHalf)],
    [t('model sha256'), `${card.modelSha256.slice(0, 12)}…`],
    [t('seed'), String(card.seed)],
    [t('intervals'), t('95 %: topics resampled; for shares, the wider of this and Clopper and Pearson’s')],
  ];
}

/** True for the same probe, whose evidence need not be redrawn. */
export function sameCard(a: ProbeCard, b: ProbeCard): boolean {
  return (
    a.modelSha256 === b.modelSha256 &&
    a.seed === b.seed &&
    a.auroc.value === b.auroc.value &&
    a.trainedOn.statements === b.trainedOn.statements &&
    (a.answers === null) === (b.answers === null) &&
    blockRange(a) === blockRange(b)
  );
}
