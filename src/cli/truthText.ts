/** The figures of a truth probe as text for the command line, each with its interval. Pure. */
import type { Figure, PolarityDoubt, ProbeCard, Rate, TopicFigures, TopicsFigures } from '../analysis/truth/contract';
import { type Paint, tableLines } from './terminalText';

export const interval = ({ value, low, high }: Figure): string =>
  `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;

const percent = (share: number): string => (share * 100).toFixed(0);

/** `89 % [85, 92] (412 of 463)`. */
export const rateText = ({ hits, of, low, high }: Rate): string =>
  of === 0 ? '– (none)' : `${percent(hits / of)} % [${percent(low)}, ${percent(high)}] (${hits} of ${of})`;

/** Like `rateText`, but zero errors are shown with the share of errors that remains possible. */
export const rightText = (rate: Rate): string =>
  rate.of > 0 && rate.hits === rate.of
    ? `no error on ${rate.of} (up to ${Math.max(1, Math.round((1 - rate.low) * 100))} in 100 possible)`
    : rateText(rate);

/** Why a statement's polarity could not be read. */
export const doubtWords: Record<PolarityDoubt, string> = {
  double: 'two negations',
  contrast: 'one thing is denied and another asserted',
  clause: 'a negation in a clause within it',
  title: 'a negation that may be part of a title',
  idiom: 'a phrase that half denies',
  language: 'not recognised as English',
};

/** The figures on topics that were left out or are new, beside the baselines, which need no probe. */
export function figureRows(figures: TopicsFigures): string[][] {
  const { auroc, topicMean, topicRange, accuracy, baselines } = figures;
  return [
    ['AUROC, mean over topics', interval(topicMean)],
    ['  from the worst topic to the best', topicRange.map((value) => value.toFixed(2)).join(' to ')],
    ['AUROC, pooled', interval(auroc)],
    ['right where it decides', rightText(accuracy.decided)],
    ['  it decides', rateText(accuracy.coverage)],
    ['right of all, forced', rightText(accuracy.forced)],
    ['without a probe: log-probability × negation, AUROC', interval(baselines.logprob)],
    ['  words (TF-IDF), learnt on other topics', baselines.words ? interval(baselines.words) : '– (too few topics)'],
    ['  length, learnt on other topics', baselines.length ? interval(baselines.length) : '– (too few topics)'],
  ];
}

export function figuresText(figures: TopicsFigures, paint: Paint): string {
  return tableLines([{ title: '' }, { title: '95 % intervals over topics' }], figureRows(figures), paint);
}

/** One line per topic. */
export function topicLines(topics: readonly TopicFigures[], paint: Paint): string {
  const columns = [
    { title: 'topic' },
    { title: 'AUROC' },
    { title: 'right where it decides' },
    { title: 'statements' },
  ];
  const rows = topics.map(({ topic, known, auroc, decided, statements }) => [
    known ? topic : `${topic} (hard)`,
    interval(auroc),
    rightText(decided),
    String(statements),
  ]);
  return tableLines(columns, rows, paint);
}

/** One line under judged statements: the probe's accuracy on topics that it has not seen. */
export function promiseLine({ topicMean, topicRange, accuracy, baselines, trainedOn }: ProbeCard): string {
  const { statements, topics } = trainedOn;
  return [
    `on topics it has not seen: AUROC ${interval(topicMean)}, from ${topicRange.map((value) => value.toFixed(2)).join(' to ')} by topic`,
    `right where it decides: ${rightText(accuracy.decided)}; it decides ${rateText(accuracy.coverage)}`,
    `trained on ${statements} statements of ${topics} topics; log-probability × negation alone: AUROC ${interval(baselines.logprob)}`,
  ]
    .map((line) => `  ${line}\n`)
    .join('');
}
