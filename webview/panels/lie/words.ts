/** The sentences of the Lie Detector: verdicts, probabilities, what a probe is. No sentence claims that somebody lies. Pure. */

import {
  agreementOf,
  type Figure,
  type JudgedStatement,
  type LieData,
  type PolarityDoubt,
  type ProbeCard,
  type Rate,
  type TopicsFigures,
} from '../../../src/analysis/truth/contract';
import { fixed, grouped, signed } from '../../base/format';
import { inClauses, inProse, t } from '../../base/strings';
import { aurocText } from '../../charts/lie/lollipops';
import { topicText } from '../../charts/lie/topicIntervals';

export function verdictWords({ verdict, outside }: Pick<JudgedStatement, 'verdict' | 'outside'>): string {
  if (outside) return t('outside');
  return { true: t('looks true'), false: t('looks false'), unsure: t('can’t tell') }[verdict];
}

/** `.91`; the probability is clipped already, so it is never 0 or 1. */
export function probabilityText(probability: number): string {
  return probability.toFixed(2).replace(/^0/, '');
}

export function labelWords(label: boolean): string {
  return label ? t('true') : t('false');
}

/** All facts about one statement, for a card, an inspector and the screen reader. */
export function statementFacts(
  statement: JudgedStatement,
  label: boolean | null,
  answer: number | null,
): [name: string, value: string][] {
  const { probability, score, negated, doubt, outside, trained, logprob } = statement;
  const facts: [string, string][] = [[t('verdict'), verdictWords(statement)]];
  if (probability !== null) facts.push([t('probability of “looks true”'), probabilityText(probability)]);
  facts.push([t('score, log-odds'), signed(score)]);
  if (doubt === null) facts.push([t('read as'), negated ? t('negated') : t('affirmative')]);
  if (label !== null) facts.push([t('your label'), labelWords(label)]);
  if (answer !== null) facts.push([t('mean log p as it was written'), fixed(answer)]);
  facts.push([t('mean log p as a statement'), fixed(logprob)]);
  if (outside) facts.push([t('outside'), outsideWords(statement)]);
  if (trained) facts.push([t('trained on'), t('this very sentence')]);
  return facts;
}

/** Why a statement is outside the probe's domain, in a few words. */
export function outsideWords({ doubt }: Pick<JudgedStatement, 'doubt'>): string {
  return doubt === null ? t('unlike every training statement') : t('negation unclear: {0}', doubtWords(doubt));
}

export function doubtWords(doubt: PolarityDoubt): string {
  return {
    double: t('two negations'),
    contrast: t('one thing is denied and another asserted'),
    clause: t('a negation in a clause within it'),
    title: t('a negation that may be part of a title'),
    idiom: t('a phrase that half denies'),
    language: t('not recognised as English'),
  }[doubt];
}

export function describeStatement(statement: JudgedStatement, label: boolean | null): string {
  const facts = statementFacts(statement, label, null).map(([name, value]) => `${name} ${value}`);
  return `${statement.text} ${inClauses(facts)}`;
}

export function blockRange({ blocks }: Pick<ProbeCard, 'blocks'>): string {
  const [first = 0, last = 0] = [Math.min(...blocks), Math.max(...blocks)];
  return first === last ? String(first) : `${first}–${last}`;
}

export function figureWords({ value, low, high }: Figure): string {
  return `${aurocText(value)} (${topicText(low)}–${topicText(high)})`;
}

/** How the verdicts agree with the labels; '' if there are none. */
export function agreementWords({ result, labels }: LieData): string {
  const agreement = agreementOf(result.statements, labels);
  if (!agreement) return '';
  const { labelled, decided, right, interval } = agreement;
  if (!interval) return t('None of your labels can be compared: the probe can’t tell on these statements.');
  return t(
    '{0} of {1} verdicts agree with your labels (so {2}–{3} in 100, if your sentences are a sample); on {4} it can’t tell.',
    grouped(right),
    grouped(decided),
    Math.round(interval[0] * 100),
    Math.round(interval[1] * 100),
    grouped(labelled - decided),
  );
}

/** How many statements look true, look false, and stay open; '' while some are not read yet. */
export function countWords({ complete, statements }: LieData['result']): string {
  if (!complete || statements.length === 0) return '';
  const inside = statements.filter(({ outside }) => !outside);
  const count = (verdict: JudgedStatement['verdict']) =>
    grouped(inside.filter((statement) => statement.verdict === verdict).length);
  const all = grouped(statements.length);
  const outside = statements.length - inside.length;
  const judged = t(
    'Of {0} statements, {1} look true and {2} look false; on {3} it can’t tell.',
    all,
    count('true'),
    count('false'),
    count('unsure'),
  );
  return inProse([judged, outside > 0 ? t('{0} are outside what was tested.', grouped(outside)) : '']);
}

/** Warns that the list judges sentences that the probe was trained on; '' if it does not. */
export function trainingWords({ training, result }: Pick<LieData, 'training' | 'result'>): string {
  if (training === 0) return '';
  return training === result.statements.length
    ? t('The probe was trained on these very sentences: right verdicts here prove nothing.')
    : t(
        'The probe was trained on {0} of these {1} sentences: right verdicts on them prove nothing.',
        grouped(training),
        grouped(result.statements.length),
      );
}

/** The items left out of the list, in sentences. */
export function leftOutWords({ found, labels, questions }: LieData): string {
  const words: string[] = [];
  if (found > labels.length)
    words.push(
      t(
        '{0} more statements are not judged: the list ends at {1}.',
        grouped(found - labels.length),
        grouped(labels.length),
      ),
    );
  if (questions > 0)
    words.push(questions === 1 ? t('1 question is left out.') : t('{0} questions are left out.', grouped(questions)));
  return inProse(words);
}

export const shareOf = ({ hits, of }: Rate): number => (of > 0 ? hits / of : 0);

/** `.91 (.88–.94)`; for a share without exceptions, how many there could possibly be. */
export function rateWords(rate: Rate): string {
  const { hits, of, low, high } = rate;
  if (of === 0) return '–';
  if (hits === of) return t('all {0} (possibly up to {1} in 100 are not)', grouped(of), inHundred(1 - low));
  return `${topicText(hits / of)} (${topicText(low)}–${topicText(high)})`;
}

/** How often forced verdicts are wrong on the held-out sentences. */
export function errorWords({ hits, of, low, high }: Rate): string {
  if (of === 0) return '';
  if (hits === of)
    return t(
      'Forced to decide: no error on {0} held-out sentences (up to {1} in 100 possible).',
      of,
      inHundred(1 - low),
    );
  return t(
    'Forced to decide, it is wrong {0} times in 100 on topics that were held out ({1}–{2}).',
    Math.round(100 * (1 - hits / of)),
    Math.round(100 * (1 - high)),
    Math.round(100 * (1 - low)),
  );
}

/** How often the probe decides, and how often its decisions are right. */
export function promiseWords({ decided, coverage }: TopicsFigures['accuracy']): string {
  return t(
    'It decides on {0} of the statements, and is right on {1} of these.',
    rateWords(coverage),
    rateWords(decided),
  );
}

/** A share in per cent, at least 1, because an error that is possible is never shown as none. */
const inHundred = (share: number): number => Math.max(1, Math.round(100 * share));

/** The probe's gain over the log-probability baseline, and whether there is one. */
export function gainWords({ auroc, baselines }: Pick<ProbeCard, 'auroc' | 'baselines'>): string {
  const gain = auroc.value - baselines.logprob.value;
  const text = signed(gain, 3).replace(/0\./, '.');
  if (gain <= 0)
    return t(
      'The probe gains nothing over log p × negation ({0}): its verdicts say no more than how likely the words are.',
      text,
    );
  return t('{0} over log p × negation, which needs no probe.', text);
}
