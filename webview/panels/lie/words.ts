/** What the Lie Detector says in words: verdicts, probabilities, what a probe is. No word here claims that somebody lies. Pure. */
import type { Figure, JudgedStatement, ProbeCard, Verdict } from '../../../src/protocol/insides';
import type { LieData } from '../../../src/protocol/panel';
import { fixed, grouped, signed } from '../../base/format';
import { t } from '../../base/strings';
import { aurocText } from '../../charts/lollipops';
import { topicText } from '../../charts/topicIntervals';

export function verdictWords({ verdict, outside }: Pick<JudgedStatement, 'verdict' | 'outside'>): string {
  if (outside) return t('outside');
  return { true: t('looks true'), false: t('looks false'), unsure: t('can’t tell') }[verdict];
}

/** `.91`; clipped already, so never 0 or 1. */
export function probabilityText(probability: number): string {
  return probability.toFixed(2).replace(/^0/, '');
}

/** Does the verdict say the opposite of what the table says? */
export function contradicts(verdict: Verdict, label: boolean | null): boolean {
  return label !== null && verdict !== 'unsure' && (verdict === 'true') !== label;
}

export function labelWords(label: boolean): string {
  return label ? t('true') : t('false');
}

/** Everything about one statement, for a card, an inspector and the screen reader. */
export function statementFacts(
  statement: JudgedStatement,
  label: boolean | null,
  answer: number | null,
): [name: string, value: string][] {
  const { probability, score, negated, outside, logprob } = statement;
  const facts: [string, string][] = [[t('verdict'), verdictWords(statement)]];
  if (probability !== null) facts.push([t('probability of “looks true”'), probabilityText(probability)]);
  facts.push([t('score, log-odds'), signed(score)]);
  facts.push([t('read as'), negated ? t('negated') : t('affirmative')]);
  if (label !== null) facts.push([t('your label'), labelWords(label)]);
  if (answer !== null) facts.push([t('mean log p as it was written'), fixed(answer)]);
  facts.push([t('mean log p as a statement'), fixed(logprob)]);
  if (outside) facts.push([t('tested on'), t('no such sentence')]);
  return facts;
}

export function describeStatement(statement: JudgedStatement, label: boolean | null): string {
  const facts = statementFacts(statement, label, null).map(([name, value]) => `${name} ${value}`);
  return `${statement.text} ${facts.join(', ')}`;
}

export function blockRange({ blocks }: Pick<ProbeCard, 'blocks'>): string {
  const [first = 0, last = 0] = [Math.min(...blocks), Math.max(...blocks)];
  return first === last ? String(first) : `${first}–${last}`;
}

export function figureWords({ value, low, high }: Figure): string {
  return `${aurocText(value)} (${topicText(low)}–${topicText(high)})`;
}

/** How the verdicts stand to the labels; '' where there are none. */
export function agreementWords({ result, labels }: LieData): string {
  const judged = result.statements.flatMap((statement, i) =>
    labels[i] === null || labels[i] === undefined ? [] : [{ verdict: statement.verdict, label: labels[i] }],
  );
  if (judged.length === 0) return '';
  const decided = judged.filter(({ verdict }) => verdict !== 'unsure');
  if (decided.length === 0) return t('None of your labels meets a verdict: it can’t tell.');
  const right = decided.filter(({ verdict, label }) => !contradicts(verdict, label));
  return t(
    '{0} of {1} verdicts agree with your labels; on {2} it can’t tell.',
    grouped(right.length),
    grouped(decided.length),
    grouped(judged.length - decided.length),
  );
}

/** What was left out of the list, in sentences. */
export function leftOutWords({ found, labels, questions }: LieData): string {
  const words: string[] = [];
  if (found > labels.length)
    words.push(
      t('{0} more are not judged: the list ends at {1}.', grouped(found - labels.length), grouped(labels.length)),
    );
  if (questions > 0)
    words.push(questions === 1 ? t('1 question is left out.') : t('{0} questions are left out.', grouped(questions)));
  return words.join(' ');
}

/** Of how many forced verdicts one is wrong, as the topics that were held out say. */
export function oneIn({ accuracy }: Pick<ProbeCard, 'accuracy'>): number {
  return Math.max(1, Math.round(1 / Math.max(1e-3, 1 - accuracy.forced)));
}

/** The probe's gain, and whether it is one. */
export function gainWords({ auroc, baseline }: Pick<ProbeCard, 'auroc' | 'baseline'>): string {
  const gain = auroc.value - baseline.value;
  const text = signed(gain, 3).replace(/0\./, '.');
  if (gain <= 0)
    return t(
      'The probe gains nothing over log p × negation ({0}): its verdicts say no more than how likely the words are.',
      text,
    );
  return t('{0} over log p × negation, which needs no probe.', text);
}
