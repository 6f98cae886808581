/**
 * The hover text of a unit's scores, as Markdown, and the target in a word or two for code lens and status bar. Needs VS Code only for the
 * language.
 */
import * as vscode from 'vscode';
import { type Operator, type SaliencyData, type SaliencyMethod, signedMethods } from '../../analysis/saliency/contract';
import type { TargetSpec } from '../../analysis/shared/contract';
import type { Prompt } from '../../protocol/model';
import { joined, readableWithLikely } from '../../protocol/pieces';
import { tintingMethod } from './signedTints';
import { inlineCode, visibleToken } from './tokenText';

/** Two lines: for or against by the method that tints, then the score by every method. Text from files appears in code spans only. */
export function saliencyMarkdown(data: SaliencyData, unit: number): string {
  const { units, unscored, methods, operator, target } = data.result;
  const tinting = tintingMethod(data);
  const score = tinting?.scores[unit] ?? null;
  const text = inlineCode(clipped(visibleToken(units[unit].text)));
  const explained = inlineCode(clipped(visibleToken(readableWithLikely(target))));
  const values = methods
    .filter(({ scores }) => scores[unit] !== null)
    .map(({ method, scores, completeness }) => {
      const value = `${methodName(method, operator)} ${scoreText(scores[unit] ?? 0, signedMethods[method])}`;
      return completeness?.reliable === false ? vscode.l10n.t('{0} (not reliable)', value) : value;
    });
  if (tinting?.method === 'occlusion' && unscored.includes(unit))
    return [
      vscode.l10n.t('**{0}** has no score with knock-out: the target {1} is read inside it', text, explained),
      values.join(' · '),
    ]
      .filter(Boolean)
      .join('\n\n');
  if (!tinting || score === null) return vscode.l10n.t('{0}: not scored yet', text);
  return [verdict(text, explained, signedMethods[tinting.method] ? score : null), values.join(' · ')].join('\n\n');
}

function verdict(text: string, target: string, score: number | null): string {
  if (score === null) return vscode.l10n.t('**{0}** and the target {1}', text, target);
  return score < 0
    ? vscode.l10n.t('**{0}** works against {1}', text, target)
    : vscode.l10n.t('**{0}** supports {1}', text, target);
}

export function methodName(method: SaliencyMethod, operator: Operator): string {
  switch (method) {
    case 'occlusion':
      return operatorName(operator);
    case 'input':
      return vscode.l10n.t('gradient × input');
    case 'norm':
      return vscode.l10n.t('gradient norm');
    case 'integrated':
      return vscode.l10n.t('integrated gradients');
    case 'attention':
      return vscode.l10n.t('attention');
    case 'rollout':
      return vscode.l10n.t('attention rollout');
    case 'attentionGradient':
      return vscode.l10n.t('attention × gradient');
  }
}

function operatorName(operator: Operator): string {
  switch (operator) {
    case 'knockout':
      return vscode.l10n.t('knock-out');
    case 'delete':
      return vscode.l10n.t('deletion');
    case 'replace':
      return vscode.l10n.t('replacement');
  }
}

/** A score with two significant digits, and a sign if the score is signed: +0.56, −1.3, 0.004. */
export function scoreText(score: number, signed: boolean): string {
  const size = Math.abs(score);
  const text = size >= 10 ? size.toFixed(1) : size >= 0.095 || size === 0 ? size.toFixed(2) : size.toPrecision(2);
  const sign = score < 0 ? '−' : signed && score > 0 ? '+' : '';
  return `${sign}${text.replace('e-', 'e−')}`;
}

/**
 * The target that the user set, as words; null while it is the likeliest next token. `prompt`: the prompt in whose tokens a span counts.
 */
export function targetWords({ text, span }: TargetSpec, prompt: Prompt | null): string | null {
  if (text !== undefined) return worded(text);
  const tokens = span && prompt?.tokens.slice(...span);
  return tokens ? worded(joined(tokens)) : null;
}

/** The text without its leading space, unless there is nothing else. */
export function worded(text: string): string {
  return clipped(visibleToken(text.trim() === '' ? text : text.trim()).replace(/·/g, ' '));
}

const longestWords = 40;

function clipped(text: string): string {
  const characters = [...text];
  return characters.length > longestWords ? `${characters.slice(0, longestWords - 1).join('')}…` : text;
}
