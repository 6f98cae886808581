/** The facts known about one token: the permanent inspector, its single line below 600 px, the hover card, and the spoken form. */
import type { PanelState } from '../../../src/analysis/panel';
import type { ProbabilitiesData } from '../../../src/analysis/probabilities/contract';
import type { Candidate } from '../../../src/analysis/shared/contract';
import { readable } from '../../../src/protocol/pieces';
import { type Writer, writerOf } from '../../../src/protocol/writer';
import { silentDots } from '../../base/a11y';
import { type Child, el } from '../../base/dom';
import { bytePairs, fixed, grouped, probability, rank as rankText, signed, visible } from '../../base/format';
import { type Glyph, glyphIndex, glyphs } from '../../base/glyphs';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { type TintMode, tint } from '../../charts/shared/tint';

/** One of several tokens that share a character. */
interface Piece {
  position: number;
  bytes: string;
  logprob: number | null;
  rank: number | null;
}

export interface TokenFacts {
  position: number;
  count: number;
  glyph: Glyph;
  id: number;
  text: string;
  bytes: string;
  logprob: number | null;
  rank: number | null;
  /** Entropy of the distribution before the token. */
  entropy: number | null;
  expected: readonly Candidate[];
  /** All tokens of the glyph. */
  pieces: Piece[];
  vocabulary: number | null;
  writer: Writer;
  /** Whether the model is a GGUF file, whose metadata say what is put around a text, or else llama.cpp's rule. */
  gguf: boolean;
  /** How many nats more likely than in the baseline; null without counterpart, undefined without a baseline. */
  change: number | null | undefined;
}

export function tokenFacts(
  data: ProbabilitiesData,
  position: number,
  state: PanelState,
  change: readonly (number | null)[] | undefined,
): TokenFacts {
  const { prompt, result } = data;
  const all = glyphs(prompt);
  const glyph = all[glyphIndex(all, position)];
  const token = prompt.tokens[position];
  return {
    position,
    count: prompt.tokens.length,
    glyph,
    id: token.id,
    text: token.text,
    bytes: token.bytes,
    logprob: result.logprob[position],
    rank: result.rank[position],
    entropy: position > 0 ? result.entropy[position - 1] : null,
    expected: result.top[position] ?? [],
    pieces: prompt.tokens.slice(glyph.from, glyph.to).map(({ bytes }, i) => {
      const at = glyph.from + i;
      return { position: at, bytes, logprob: result.logprob[at], rank: result.rank[at] };
    }),
    vocabulary: state.model?.vocabulary ?? null,
    writer: writerOf(token, prompt),
    gguf: state.model?.path.toLowerCase().endsWith('.gguf') ?? false,
    change: change?.[position],
  };
}

function name(facts: TokenFacts): string {
  return visible(facts.glyph.text);
}

function rankOf(facts: TokenFacts): string {
  if (facts.rank === null) return '–';
  return facts.vocabulary ? t('{0} of {1}', rankText(facts.rank), grouped(facts.vocabulary)) : rankText(facts.rank);
}

function place({ glyph, position, count }: TokenFacts): string {
  const several = glyph.to - glyph.from;
  if (several > 1) return t('{0} tokens, {1}–{2}', several, grouped(glyph.from + 1), grouped(glyph.to));
  return t('token {0} of {1}', grouped(position + 1), grouped(count));
}

/** ▲ more likely than in the baseline, ▽ less likely, – equal to two decimals. */
function changeWords(change: number | null | undefined): string | null {
  if (change === undefined) return null;
  if (change === null) return t('not in the baseline');
  const sign = Math.abs(change) < 0.005 ? '–' : change > 0 ? '▲' : '▽';
  return t('{0} {1} nats', sign, signed(change));
}

/** Who added a token that the user did not write. */
function addedBy({ writer, gguf }: TokenFacts): string | null {
  if (writer === 'user') return null;
  if (writer === 'template') return t('the chat template');
  return gguf
    ? t('the rule for GGUF files (add_bos_token, add_eos_token)')
    : t('the tokenizer’s files (post-processor, add_bos_token)');
}

function pairs(rows: readonly [label: string, value: Child, mono?: boolean][]): HTMLElement {
  return el(
    'dl',
    { class: 'kv' },
    ...rows.flatMap(([label, value, mono]) => [
      el('dt', {}, label),
      el('dd', { class: mono ? 'mono' : undefined }, value),
    ]),
  );
}

function numberRows(facts: TokenFacts): [string, Child, boolean?][] {
  const change = changeWords(facts.change);
  const added = addedBy(facts);
  const { logprob, entropy } = facts;
  return [
    [t('id · bytes'), `${facts.id} · ${bytePairs(facts.bytes)}`, true],
    ...(added === null ? [] : ([[t('added by'), added]] as [string, Child][])),
    [t('probability'), logprob === null ? '–' : probability(Math.exp(logprob))],
    [t('surprisal'), logprob === null ? '–' : t('{0} nats', fixed(-logprob))],
    [t('rank'), rankOf(facts)],
    [t('entropy before'), entropy === null ? '–' : t('{0} nats', fixed(entropy))],
    ...(change === null ? [] : ([[t('against baseline'), change]] as [string, Child][])),
  ];
}

/** The actual token is always in the list, after the three likeliest if it is not one of them. */
function expectedBars(facts: TokenFacts): HTMLElement | null {
  if (facts.logprob === null)
    return el('p', { class: 's m' }, t('Nothing comes before the first token, so it has no probability.'));
  const shown = facts.expected.slice(0, 3);
  const rows = shown.some((c) => c.id === facts.id)
    ? shown
    : [...shown, { id: facts.id, text: facts.text, bytes: facts.bytes, logprob: facts.logprob }];
  return el(
    'div',
    { class: 'bars' },
    el('span', { class: 'hd' }, t('expected here instead')),
    ...rows.flatMap((candidate) => {
      const p = Math.exp(candidate.logprob);
      return [
        el('span', { class: candidate.id === facts.id ? 'tk strong' : 'tk' }, visible(readable(candidate))),
        el('span', { class: 'track' }, el('i', { style: { width: `${p * 100}%` } })),
        el('span', { class: 'num' }, probability(p)),
      ];
    }),
  );
}

/** Each token of a shared character on its own line, the one described below in bold. */
function piecesList({ pieces, position }: TokenFacts): HTMLElement | null {
  if (pieces.length < 2) return null;
  return el(
    'div',
    { class: 'pieces s' },
    ...pieces.flatMap((piece) => {
      const weight = piece.position === position ? 'strong' : 'm';
      const p = piece.logprob === null ? '–' : probability(Math.exp(piece.logprob));
      return [
        el('span', { class: weight }, t('token {0}', grouped(piece.position + 1))),
        el('span', { class: `mono ${weight}` }, bytePairs(piece.bytes)),
        el('span', { class: `num ${weight}` }, p),
        el('span', { class: `num ${weight}` }, piece.rank === null ? '–' : t('rank {0}', rankText(piece.rank))),
      ];
    }),
  );
}

export function inspectorContent(facts: TokenFacts, theme: Theme, mode: TintMode, title: string | null): Child[] {
  const background = tint(theme, mode, facts.logprob, facts.rank);
  return [
    title &&
      el(
        'p',
        { class: 's m inspector-title' },
        title,
        el('span', { class: 'no-export' }, ` · ${t('click a token to lock it')}`),
      ),
    el(
      'h2',
      {},
      el('span', { class: 'mono', style: { background } }, ...silentDots(name(facts))),
      el('small', { class: 'right' }, place(facts)),
    ),
    piecesList(facts),
    pairs(numberRows(facts)),
    expectedBars(facts),
  ];
}

function expectedWords(facts: TokenFacts, count: number): Child[] {
  return facts.expected.slice(0, count).flatMap((c, i) => {
    return [
      i > 0 && ', ',
      el('span', { class: 'mono' }, t('“{0}”', visible(readable(c)))),
      ` ${probability(Math.exp(c.logprob))}`,
    ];
  });
}

/** One line for narrow panels; `title`: why this token is shown, where nobody chose it. */
export function inlineContent(facts: TokenFacts, title: string | null): Child[] {
  const part = (label: string, ...value: Child[]) => el('span', {}, el('span', { class: 'm' }, label), ' ', ...value);
  const { logprob, rank } = facts;
  const change = changeWords(facts.change);
  return [
    title && el('span', { class: 'm' }, title),
    el('b', { class: 'mono strong' }, ...silentDots(name(facts))),
    part(t('id'), facts.id),
    part(t('p'), logprob === null ? '–' : probability(Math.exp(logprob))),
    part(t('rank'), rank === null ? '–' : rankText(rank)),
    logprob !== null && part(t('nats'), fixed(-logprob)),
    change !== null && part(t('baseline'), change),
    facts.expected.length > 0 && part(t('expected'), ...expectedWords(facts, 2)),
  ];
}

export function cardContent(facts: TokenFacts): Node[] {
  const { logprob } = facts;
  const change = changeWords(facts.change);
  const rows: [string, Child, boolean?][] = [
    [t('id · bytes'), `${facts.id} · ${bytePairs(facts.bytes)}`, true],
    [t('probability, rank'), logprob === null ? '–' : `${probability(Math.exp(logprob))}, ${rankOf(facts)}`],
    [t('surprisal'), logprob === null ? '–' : t('{0} nats', fixed(-logprob))],
  ];
  const added = addedBy(facts);
  if (added !== null) rows.push([t('added by'), added]);
  if (change !== null) rows.push([t('against baseline'), change]);
  if (facts.expected.length) rows.push([t('expected'), el('span', {}, ...expectedWords(facts, 2))]);
  const head = el(
    'div',
    { class: 'banner-row' },
    el('span', { class: 'mono strong' }, name(facts)),
    el('span', { class: 'sp' }),
    el('span', { class: 'm s' }, place(facts)),
  );
  return [head, pairs(rows)];
}

export function spoken(facts: TokenFacts): string {
  const { logprob, rank, position } = facts;
  if (logprob === null || rank === null) return t('token {0}, {1}, first token', position + 1, name(facts));
  return t(
    'token {0}, {1}, probability {2}, rank {3}, surprisal {4} nats',
    position + 1,
    name(facts),
    probability(Math.exp(logprob)),
    rankText(rank),
    fixed(-logprob),
  );
}
