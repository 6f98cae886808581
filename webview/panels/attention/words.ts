/** The sentences of the attention tab: measures, states of the first token, heads and cells in words. */
import type { HeadSummary, SinkMode } from '../../../src/analysis/attention/contract';
import type { Option } from '../../base/controls';
import { fixed, probability } from '../../base/format';
import { inClauses, t } from '../../base/strings';
import { headLetters } from '../../charts/attention/matrixLayout';
import type { HeadRef, Measure, RankedHead } from '../../charts/attention/ranking';
import { headName } from './choice';

export function measureOption(measure: Measure): Option<Measure> {
  switch (measure) {
    case 'answers':
      return {
        value: measure,
        label: t('last token → label words'),
        title: t('Weight of the last token on the words that follow the last line’s text on earlier lines'),
      };
    case 'locked':
      return {
        value: measure,
        label: t('last token → locked token'),
        title: t('Weight of the last token on the locked one'),
      };
    case 'previousToken':
      return { value: measure, label: t('previous token'), title: t('Mean weight on the previous token') };
    case 'induction':
      return {
        value: measure,
        label: t('induction'),
        title: t('Mean weight on the token that followed an earlier occurrence of the same token'),
      };
    case 'sinkMass':
      return { value: measure, label: t('first token'), title: t('Mean weight on the first token') };
    case 'diagonal':
      return { value: measure, label: t('itself'), title: t('Mean weight of a token on itself') };
    case 'entropy':
      return {
        value: measure,
        label: t('focus (low entropy)'),
        title: t('Mean entropy of the rows in nats, lowest first'),
      };
  }
}

export function measureValue(measure: Measure, value: number | null): string {
  if (value === null) return '–';
  return measure === 'entropy' ? t('{0} nats', fixed(value)) : probability(value);
}

/** The state of the switch in words, for inside the picture. */
export function sinkWords(sink: SinkMode): string {
  return {
    raw: t('shown'),
    hide: t('hidden, not renormalised'),
    renormalise: t('hidden, rows renormalised'),
  }[sink];
}

export function headTitle(heads: readonly HeadRef[]): string {
  const [main, ...others] = heads;
  if (!main) return t('No head chosen yet');
  return others.length === 0
    ? t('Block {0}, head {1}', main.layer, main.head)
    : t('{0} heads: the strongest weight in each cell', heads.length);
}

/** One line about a head: every summary, and its value under the current measure if that is a different one. */
export function describeHead(summary: HeadSummary, ranked: RankedHead | undefined, measure: Measure): string {
  const head = t('block {0}, head {1}', summary.layer, summary.head);
  const parts = [
    t('first token {0}', measureValue('sinkMass', summary.sinkMass)),
    t('previous token {0}', measureValue('previousToken', summary.previousToken)),
    summary.induction === null ? t('no token repeats') : t('induction {0}', probability(summary.induction)),
    t('itself {0}', probability(summary.diagonal)),
    t('entropy {0}', measureValue('entropy', summary.entropy)),
  ];
  if (ranked && (measure === 'answers' || measure === 'locked'))
    parts.unshift(`${measureOption(measure).label} ${measureValue(measure, ranked.value)}`);
  return t('{0}: {1}', head, inClauses(parts));
}

/** `·negative 40 reads ·positive 15: .033`, counted from 1, with the head that gave the weight if there are several. */
export function describeCell(
  cell: { query: number; key: number; weight: number; head: number | null },
  names: readonly string[],
  heads: readonly HeadRef[],
): string {
  const words = t(
    '{0} {1} reads {2} {3}: {4}',
    names[cell.query],
    cell.query + 1,
    names[cell.key],
    cell.key + 1,
    probability(cell.weight),
  );
  const ref = cell.head === null ? undefined : heads[cell.head];
  return ref && cell.head !== null ? t('{0}, head {1} ({2})', words, headLetters[cell.head], headName(ref)) : words;
}
