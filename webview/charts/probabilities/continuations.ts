/**
 * Generated rows under one another: the beginning that a branch shares with its parent is dimmed, the token where it branches off
 * is outlined, and the rest is tinted by surprise like the prompt. Tokens that share a character are one glyph. One tab stop:
 * arrows move over the tokens, Enter opens one. Sends no messages.
 */

import { joined, type NamedToken } from '../../../src/protocol/pieces';
import { el, fill } from '../../base/dom';
import { fixed, probability, running, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, within } from '../chart';
import { glyphBackground, type TintMode } from '../shared/tint';

export interface ContinuationToken {
  id: number;
  text: string;
  /** Hex; needed only where `text` is a part of a character. */
  bytes?: string;
  logprob: number;
  rank: number;
}

export interface ContinuationRow {
  name: string;
  tokens: readonly ContinuationToken[];
  /** Tokens copied from the parent; 0 for a row without one. */
  shared: number;
  /** Outlined tokens: where the row branches off its parent, or was forced. */
  marked: readonly number[];
  /** True while the row is still growing. */
  running: boolean;
  /** True if the model ended the answer. */
  ended: boolean;
}

export interface ContinuationsData {
  rows: readonly ContinuationRow[];
  /** The open token. */
  open: { row: number; step: number } | null;
}

export interface ContinuationsOptions {
  theme: Theme;
  tint: TintMode;
  label: string;
  announce: (text: string) => void;
  onOpen: (row: number, step: number) => void;
}

type Piece = Pick<ContinuationToken, 'text' | 'bytes'>;

export interface RowGlyph {
  from: number;
  to: number;
  text: string;
}

/** Groups byte pieces into characters by decoding the bytes of each run of pieces. */
export function rowGlyphs(tokens: readonly Piece[]): RowGlyph[] {
  const all: RowGlyph[] = [];
  for (let from = 0; from < tokens.length; ) {
    let to = from + 1;
    const broken = (i: number) => i < tokens.length && tokens[i].text.includes('\ufffd');
    if (broken(from)) while (broken(to) && !whole(tokens.slice(from, to))) to++;
    all.push({ from, to, text: whole(tokens.slice(from, to)) ?? pieceText(tokens.slice(from, to)) });
    from = to;
  }
  return all;
}

/** The bytes of an incomplete character, as far as they are known. */
function pieceText(tokens: readonly NamedToken[]): string {
  return tokens.every(({ bytes }) => bytes !== undefined) ? joined(tokens) : tokens[0].text;
}

/** The text of these tokens' bytes, or null while a character is incomplete. */
function whole(tokens: readonly Piece[]): string | null {
  if (tokens.length === 1 && !tokens[0].text.includes('\ufffd')) return tokens[0].text;
  if (tokens.some((token) => token.bytes === undefined)) return null;
  const bytes = tokens.flatMap((token) => (token.bytes!.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes));
  } catch {
    return null;
  }
}

/** Sum of the log-probabilities in nats. */
export function rowLogprob(row: ContinuationRow): number {
  return row.tokens.reduce((sum, { logprob }) => sum + logprob, 0);
}

export function continuations(
  container: HTMLElement,
  first: ContinuationsData,
  firstOptions: ContinuationsOptions,
): Chart<ContinuationsData, ContinuationsOptions> {
  container.classList.add('gen');
  return mountChart<ContinuationsData, ContinuationsOptions, { row: number; step: number }>(
    container,
    first,
    firstOptions,
    {
      root: container,
      exists: ({ row }, { data }) => row < data.rows.length,
      draw({ data, options, cursor }) {
        const at = (index: number) => (cursor?.row === index ? cursor.step : null);
        fill(container, ...data.rows.map((row, index) => rowElement(row, index, data, options, at(index))));
      },
      under(event) {
        const span = (event.target as Element).closest<HTMLElement>('.tok');
        return span && { row: Number(span.dataset.row), step: Number(span.dataset.step) };
      },
      point() {},
      show({ data, options, cursor }, _, byKeyboard) {
        if (!byKeyboard || !cursor) return;
        const { name, tokens } = data.rows[cursor.row];
        const token = tokens[cursor.step];
        const glyph = rowGlyphs(tokens).find(({ from }) => from === cursor.step);
        if (!token || !glyph) return;
        options.announce(t('{0}, step {1}: {2}, probability {3}', name, cursor.step, visible(glyph.text), said(token)));
      },
      step({ data, cursor }, dx, dy) {
        if (!data.rows.length) return null;
        const at = cursor ?? data.open ?? { row: 0, step: 0 };
        const row = within(at.row + dy, data.rows.length);
        const glyphs = rowGlyphs(data.rows[row].tokens);
        const index = glyphs.findIndex(({ to }) => at.step < to) + dx;
        return { row, step: glyphs[within(index, glyphs.length)]?.from ?? 0 };
      },
      choose({ options }, spot) {
        if (spot) options.onOpen(spot.row, spot.step);
      },
    },
  );
}

function said({ logprob }: ContinuationToken): string {
  return probability(Math.exp(logprob));
}

function rowElement(
  row: ContinuationRow,
  index: number,
  data: ContinuationsData,
  options: ContinuationsOptions,
  cursor: number | null,
) {
  const scores = { logprob: row.tokens.map((token) => token.logprob), rank: row.tokens.map((token) => token.rank) };
  const open = data.open?.row === index ? data.open.step : null;
  const cells = rowGlyphs(row.tokens).map((glyph) => {
    const inside = (step: number | null) => step !== null && step >= glyph.from && step < glyph.to;
    const shared = glyph.to <= row.shared;
    const classes = [
      'tok',
      shared && 'dim',
      row.marked.some(inside) && 'branch',
      inside(open) && 'open',
      inside(cursor) && 'at',
    ];
    const token = row.tokens[glyph.from];
    const span = el(
      'span',
      {
        class: classes.filter(Boolean).join(' '),
        title: `${visible(glyph.text)} ${said(token)}`,
        data: { row: index, step: glyph.from },
      },
      running(glyph.text),
    );
    if (!shared) span.style.background = glyphBackground(options.theme, options.tint, glyph, scores);
    return span;
  });
  return el(
    'div',
    { class: 'gen-row' },
    el('span', { class: 'm s gen-name' }, row.name),
    el(
      'span',
      { class: 'gen-tokens' },
      ...cells,
      row.running && el('span', { class: 'm' }, ' …'),
      row.ended && el('span', { class: 'm s gen-end' }, t('end')),
    ),
    el('span', { class: 'num gen-sum' }, fixed(rowLogprob(row))),
  );
}
