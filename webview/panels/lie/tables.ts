/** Table twins of the Lie Detector tab: every number of its pictures. Pure. */

import type { ProbeData } from '../../../src/analysis/probe/contract';
import type { LieData, ProbeCard, TopicFigures } from '../../../src/analysis/truth/contract';
import type { TableTwin } from '../../base/a11y';
import { t } from '../../base/strings';
import { comparison } from './evidence';
import { answersTable } from './ownAnswers';
import { topicName } from './topics';
import { labelWords, outsideWords, verdictWords } from './words';

export function statementTable({ result, labels, answer }: LieData): TableTwin {
  return {
    caption: t('Statements'),
    columns: [
      t('statement'),
      t('verdict'),
      t('probability of “looks true”'),
      t('score, log-odds'),
      t('your label'),
      t('negated'),
      t('outside'),
      t('trained on it'),
      t('mean log p as a statement'),
      ...(answer ? [t('mean log p as it was written')] : []),
    ],
    rows: result.statements.map((statement, i) => {
      const label = labels[i] ?? null;
      return [
        statement.text,
        verdictWords(statement),
        statement.probability,
        statement.score,
        label === null ? null : labelWords(label),
        statement.negated ? t('yes') : t('no'),
        statement.outside ? outsideWords(statement) : t('no'),
        statement.trained ? t('yes') : t('no'),
        statement.logprob,
        ...(answer ? [answer.statements[i] ?? null] : []),
      ];
    }),
  };
}

export function cardTables(card: ProbeCard): TableTwin[] {
  const interval = [t('low'), t('high')];
  const topics = [...topicRows(card.topics, t('held out')), ...topicRows(card.frozen?.topics ?? [], t('frozen'))];
  return [
    {
      caption: t('Compared with simpler methods'),
      columns: [t('probe'), t('AUROC'), ...interval],
      rows: comparison(card).map(({ label, value, interval: own }) => [
        label,
        value,
        own?.[0] ?? null,
        own?.[1] ?? null,
      ]),
    },
    {
      caption: t('By topic'),
      columns: [t('topic'), t('test'), t('AUROC'), ...interval, t('statements'), t('decided'), t('of these right')],
      rows: topics,
    },
    {
      caption: t('Blocks where it can be read'),
      columns: [t('block'), t('AUROC'), t('shuffled labels'), t('their standard deviation')],
      rows: card.layers.map(({ layer, auroc, shuffled, shuffledSpread }) => [layer, auroc, shuffled, shuffledSpread]),
    },
    {
      caption: t('Calibration'),
      columns: [t('claimed'), t('share true'), t('statements')],
      rows: card.calibration.bins.map(({ predicted, observed, count }) => [predicted, observed, count]),
    },
    {
      caption: t('Accuracy on the surest share'),
      columns: [t('share'), t('accuracy')],
      rows: card.coverage.map(({ share, accuracy }) => [share, accuracy]),
    },
    ...(card.answers ? [answersTable(card.answers, card)] : []),
  ];
}

function topicRows(topics: readonly TopicFigures[], test: string): TableTwin['rows'] {
  return topics.map(({ topic, auroc, statements, decided }) => [
    ...[topicName(topic), test, auroc.value, auroc.low, auroc.high],
    ...[statements, decided.of, decided.hits],
  ]);
}

export function probeTables({ result }: ProbeData): TableTwin[] {
  return [
    {
      caption: t('Layer by layer'),
      columns: [t('layer'), t('score'), t('spread over folds'), t('shuffled labels'), t('their standard deviation')],
      rows: result.layers.map((each) => [each.layer, each.score, each.spread, each.shuffled, each.shuffledSpread]),
    },
    {
      caption: t('Learning curve'),
      columns: [t('rows'), t('score')],
      rows: result.learning.map(({ rows, score }) => [rows, score]),
    },
  ];
}
