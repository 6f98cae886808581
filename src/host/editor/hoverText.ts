/**
 * The hover text of a token, as Markdown: id, bytes, probability, rank, surprisal, the alternatives, and always the actual token. Needs VS
 * Code only for the language.
 */
import * as vscode from 'vscode';
import type { ProbabilitiesData } from '../../analysis/probabilities/contract';
import { readable } from '../../protocol/pieces';
import { commandIds } from '../ids';
import { grouped, inlineCode, probabilityText, spacedBytes, visibleToken } from './tokenText';

export interface HoverOptions {
  alternatives: number;
  vocabulary: number | null;
  locale: string;
  locked: boolean;
  /** URI of the document under the mouse, which need not be the active one. */
  uri: string;
}

/** The lines of one token's hover, separated by blank lines. Text from files appears in code spans only. */
export function hoverMarkdown(data: ProbabilitiesData, position: number, options: HoverOptions): string {
  const token = data.prompt.tokens[position];
  const place = vscode.l10n.t('id {0} · bytes {1} · token {2}', token.id, spacedBytes(token.bytes), position + 1);
  return [
    `**${inlineCode(visibleToken(readable(token)))}** ${place}`,
    ...numbers(data, position, options),
    links(position, options),
  ].join('\n\n');
}

function numbers({ prompt, result }: ProbabilitiesData, position: number, options: HoverOptions): string[] {
  const logprob = result.logprob[position];
  const rank = result.rank[position];
  if (logprob === null || rank === null)
    return [vscode.l10n.t('The first token has no probability: nothing comes before it.')];
  const place = grouped(rank + 1, options.locale);
  const ranked = options.vocabulary
    ? vscode.l10n.t('rank {0} of {1}', place, grouped(options.vocabulary, options.locale))
    : vscode.l10n.t('rank {0}', place);
  const nats = vscode.l10n.t('{0} nats', (-logprob).toFixed(2));
  const expected = result.top[position].slice(0, options.alternatives);
  const actual = { ...prompt.tokens[position], logprob };
  const shown = expected.some(({ id }) => id === actual.id) ? expected : [...expected, actual];
  const entries = shown.map((candidate) => {
    const text = `${inlineCode(visibleToken(readable(candidate)))} ${probabilityText(candidate.logprob)}`;
    return candidate.id === actual.id ? `**${text}**` : text;
  });
  return [
    `p ${probabilityText(logprob)} · ${ranked} · ${nats}`,
    `${vscode.l10n.t('expected here')} ${entries.join(' &nbsp; ')}`,
  ];
}

function links(position: number, { locked, uri }: HoverOptions): string {
  const args = (...values: unknown[]) => encodeURIComponent(JSON.stringify(values));
  const lock = locked
    ? `[${vscode.l10n.t('Unlock')}](command:${commandIds.unlockToken})`
    : `[${vscode.l10n.t('Lock')}](command:${commandIds.lockToken}?${args(position, uri)})`;
  return `${lock} · [${vscode.l10n.t('Copy as Command Line')}](command:${commandIds.copyCommandLine}?${args(uri)})`;
}
