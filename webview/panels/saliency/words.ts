/** The words of the saliency tab: methods, operators, units, the target as a formula. */
import type { MethodScores, Operator, SaliencyMethod, SaliencyResult } from '../../../src/analysis/saliency/contract';
import type { Scope, TargetResult, Unit, UnitKind } from '../../../src/analysis/shared/contract';
import type { Prompt } from '../../../src/protocol/model';
import { type Begun, readableWithLikely } from '../../../src/protocol/pieces';
import { fixed, visible } from '../../base/format';
import { inList, t } from '../../base/strings';

export function operatorName(operator: Operator): string {
  return { knockout: t('Knock-out'), delete: t('Deletion'), replace: t('Replacement') }[operator];
}

/** A label and description for a menu. */
export function operatorOption(operator: Operator): { label: string; title: string } {
  return {
    knockout: { label: t('knock out attention'), title: t('No other token may attend to the unit; positions stay') },
    delete: { label: t('delete'), title: t('The unit’s tokens are removed; what follows moves up') },
    replace: { label: t('replace by a space'), title: t('Each of the unit’s tokens becomes a space') },
  }[operator];
}

export function methodName(method: SaliencyMethod, operator: Operator): string {
  switch (method) {
    case 'occlusion':
      return operatorName(operator);
    case 'input':
      return t('Gradient × input');
    case 'norm':
      return t('Gradient norm');
    case 'integrated':
      return t('Integrated gradients');
    case 'attention':
      return t('Attention');
    case 'rollout':
      return t('Attention rollout');
    case 'attentionGradient':
      return t('Attention × gradient');
  }
}

/** For use in a sentence; empty if the scores of every method drawn may be read. */
export function unreliableNames({
  methods,
  result,
}: {
  methods: readonly MethodScores[];
  result: SaliencyResult;
}): string {
  const unreliable = methods.filter(({ completeness }) => completeness?.reliable === false);
  return inList(unreliable.map(({ method }) => midSentence(methodName(method, result.operator))));
}

/** A name for the middle of a sentence. */
export function midSentence(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** A short name beside a lane, a curve or a row. */
export function methodShort(method: SaliencyMethod, operator: Operator): string {
  switch (method) {
    case 'occlusion':
      return { knockout: t('knock-out'), delete: t('deletion'), replace: t('replaced') }[operator];
    case 'input':
      return t('grad');
    case 'norm':
      return t('norm');
    case 'integrated':
      return t('integr.');
    case 'attention':
      return t('attn');
    case 'rollout':
      return t('rollout');
    case 'attentionGradient':
      return t('attn × gr.');
  }
}

export function methodTitle(method: SaliencyMethod): string {
  switch (method) {
    case 'occlusion':
      return t('How much the target loses without the unit, by the chosen operator');
    case 'input':
      return t('First-order estimate from one backward pass');
    case 'norm':
      return t('How steep the target is there; says nothing about the direction');
    case 'integrated':
      return t('Gradients averaged from a zero input to this one; they add up to the difference');
    case 'attention':
      return t('Mean over blocks and heads of what the predicting position reads, without the first token');
    case 'rollout':
      return t('Attention multiplied through the blocks; ignores everything but attention');
    case 'attentionGradient':
      return t('Attention weighted by how much the target would gain from more of it');
  }
}

export function unitName(by: UnitKind): string {
  switch (by) {
    case 'token':
      return t('Token');
    case 'word':
      return t('Word');
    case 'sentence':
      return t('Sentence');
    case 'line':
      return t('Line');
    case 'paragraph':
      return t('Paragraph');
    case 'message':
      return t('Message');
    case 'example':
      return t('Example');
    case 'match':
      return t('Regular expression');
    case 'slot':
      return t('Template values');
    case 'selection':
      return t('Selection');
  }
}

/** The plural, for use in a sentence. */
export function unitsName(by: UnitKind): string {
  switch (by) {
    case 'token':
      return t('tokens');
    case 'word':
      return t('words');
    case 'sentence':
      return t('sentences');
    case 'line':
      return t('lines');
    case 'paragraph':
      return t('paragraphs');
    case 'message':
      return t('messages');
    case 'example':
      return t('examples');
    case 'match':
      return t('matches');
    case 'slot':
      return t('template values');
    case 'selection':
      return t('selections');
  }
}

export function scopeName(scope: Scope): string {
  return scope === 'user' ? t('your text') : t('everything, with the template');
}

/** `2.43`: the explained value in nats. */
export function targetValue({ logprob, contrast }: TargetResult): number {
  return contrast ? logprob - contrast.logprob : logprob;
}

/** `log p(·negative) − log p(·positive) = 2.43`. */
export function targetFormula(target: TargetResult): string {
  const one = (token: Begun) => `log p(${visible(readableWithLikely(token))})`;
  const side = target.contrast ? `${one(target)} \u2212 ${one(target.contrast)}` : one(target);
  return `${side} = ${fixed(targetValue(target))}`;
}

/** Two significant digits, as a domain is printed: `0.56`, `0.052`, `3e−4`. */
export function domain(value: number): string {
  if (value === 0) return '0';
  return value >= 0.001 ? String(Number(value.toPrecision(2))) : value.toExponential(0).replace('e-', 'e\u2212');
}

/** U+FFFD itself, in UTF-8. */
const replacementBytes = 'efbfbd';

/** A unit's text; for a token that holds only some of a character's bytes, the character with those bytes: `🍕‹8d›`. */
export function unitText({ rendered, tokens }: Prompt, { text, tokens: [i, j] }: Unit): string {
  const token = j - i === 1 ? tokens[i] : undefined;
  if (!token?.text.includes('\uFFFD') || token.bytes === replacementBytes || text !== token.text) return text;
  return `${rendered.slice(token.start, token.end)}\u2039${token.bytes}\u203A`;
}

/** A unit's text for a sentence: without the spaces around it, shortened in the middle. */
export function unitLabel(text: string, longest = 28): string {
  const letters = [...visible(text.trim() || text)];
  if (letters.length <= longest) return letters.join('');
  const head = Math.ceil(longest * 0.6);
  return `${letters.slice(0, head).join('')}…${letters.slice(head + letters.length - longest + 1).join('')}`;
}
