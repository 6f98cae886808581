/**
 * The logit lens: table and trajectories, its window of positions, the followed tokens and the candidates at one position.
 * Columns that did not come with the state are requested as they come into view.
 */

import type { LayersData, LensTable } from '../../../src/analysis/logitLens/contract';
import type { LayersIntent, PanelState } from '../../../src/analysis/panel';
import { readable } from '../../../src/protocol/pieces';
import type { TableTwin } from '../../base/a11y';
import { each, iconButton, segmented } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { cancelled } from '../../base/failure';
import { visible } from '../../base/format';
import { remembered } from '../../base/remembered';
import { LatestSlice } from '../../base/slices';
import { t } from '../../base/strings';
import { withTerms } from '../../base/term';
import { exactTokens, type Lead, type ViewContext, viewData } from '../../base/view';
import type { LensColumn } from '../../charts/lens/cells';
import { columnsThatFit, type LensWindow, wideLens, windowAfter, windowPositions } from '../../charts/lens/layout';
import { type LensChart, type LensSpot, lensTable } from '../../charts/lens/table';
import type { LensSeries } from '../../charts/lens/trajectories';
import type { MainSection } from '../section';
import { lockChip } from '../shell/chips';
import { failureParts } from './failureParts';
import { type Followed, LensColumns } from './lensColumns';
import { lensExports } from './lensExports';
import {
  afterPinning,
  chosenRows,
  followedLines,
  followingId,
  type LensFacts,
  type Line,
  lensFacts,
  mostPins,
  originOf,
  rowAfterKey,
  rowOfLayer,
} from './lensFacts';
import { lensLegend } from './lensLegend';
import { positionTable } from './lensPosition';
import { lensScale } from './lensScale';
import type { LensShown } from './lensShown';
import { lensRanksTable, lensTwin } from './lensTables';
import {
  cellCard,
  describeRanks,
  describeSpot,
  originWords,
  positionTitle,
  ranksCard,
  rowWords,
  verdictOf,
} from './lensWords';

/** A slice of the lens and the identity it belongs to. */
interface Slice {
  identity: string;
  table: LensTable;
}

/** Candidates in each column. */
const top = 5;

export class LensSection implements MainSection {
  readonly element: HTMLElement;
  readonly controls: HTMLElement;
  readonly about = () => ({
    shows: t('the answer that each block would give if it were the last.'),
    cannotTell: t('what a block computes; early rows seldom mean much.'),
  });
  private shown: LensShown | null = null;
  private chart: LensChart | null = null;
  private width = 0;
  private window: LensWindow = { first: 0, count: 0, origin: -1 };
  private readonly columns = new LensColumns();
  private readonly slice = new LatestSlice<Slice>(sliceSize, () => this.refresh());
  private readonly followSlice = new LatestSlice<Slice>(sliceSize, () => this.refresh());
  private readonly facts = remembered(lensFacts);
  /** Recomputed only when one of these changes; `_version` stands for the columns' content. */
  private readonly lines = remembered(
    (facts: LensFacts, origin: number, pins: LayersIntent['pins'], _version: number): readonly Line[] =>
      followedLines(facts, origin, pins, this.columns),
  );
  private readonly follow = remembered((lines: readonly Line[], origin: number, _version: number) =>
    lines.map(({ id }) => this.columns.follow(origin, id)),
  );
  private readonly series = remembered(
    (lines: readonly Line[], follow: readonly (readonly Followed[] | null)[]): LensSeries[] =>
      lines.map(({ text }, style) => ({ style, text, ranks: follow[style]?.map((at) => at.rank) ?? null })),
  );
  private readonly chartColumns = remembered(
    (facts: LensFacts, positions: string, change: boolean, exact: number, _version: number): LensColumn[] =>
      positions
        .split(',')
        .map(Number)
        .map((position) => ({
          position,
          name: facts.names[position],
          follows: followingId(facts, position),
          followsName: facts.names[position + 1] ?? null,
          old: position >= exact,
          cells: this.columns.cells(position, change),
        })),
  );
  private readonly holder = el('div', {});
  private readonly legend = el('div', { class: 'legend' });
  private readonly range = el('span', { class: 'num' });
  private readonly title = el('span', { class: 't' });
  private readonly message = el('div', { class: 'lens-message', role: 'status' });
  private readonly lensLegend;
  private readonly position;
  private readonly cell;
  private readonly back;
  private readonly forth;
  private readonly stop: () => void;

  constructor(private readonly context: ViewContext) {
    const pin = (token: { id: number; text: string }) => this.pin(token);
    this.lensLegend = lensLegend(context, pin);
    this.position = positionTable(pin);
    this.cell = segmented<LayersIntent['cell']>({
      label: t('Tint'),
      options: each<LayersIntent['cell']>({
        top: { label: t('Probability'), title: t('Of the token in the cell') },
        entropy: { label: t('Entropy'), title: t('How undecided the block is, in nats') },
        change: { label: t('Change'), title: t('How far the block moved the probabilities') },
      }),
      value: 'top',
      onChange: (cell) => this.intend({ cell }),
    });
    this.back = iconButton('right', t('Earlier positions'), () => this.scroll(-this.page()));
    this.back.classList.add('flipped');
    this.forth = iconButton('right', t('Later positions'), () => this.scroll(this.page()));
    const small = el('small', {}, t('the top token after each block, at each position'));
    const moving = el('span', { class: 'right lens-window' }, this.back, this.range, this.forth);
    this.element = el(
      'div',
      {},
      el(
        'section',
        { class: 'sec' },
        el('h2', {}, el('span', {}, ...withTerms(t('Logit lens'), 'lens')), small, moving),
        this.lensLegend.element,
        this.message,
        this.holder,
        this.legend,
      ),
      el('section', { class: 'sec' }, el('h2', {}, this.title), this.position.element),
    );
    this.controls = this.cell.element;
    this.stop = context.onWidth(this.holder, (value) => {
      this.width = value;
      this.refresh();
    });
  }

  lead(): Lead {
    const question = t('After which block is the answer settled?');
    return { question, answer: this.shown ? verdictOf(this.shown) : '' };
  }

  running(): string {
    return t('Reading every layer');
  }

  update(state: PanelState): void {
    if (this.slice.state.kind === 'failed' && state.layers.kind === 'ready') this.slice.retry();
    this.refresh();
  }

  destroy(): void {
    this.stop();
    this.slice.clear();
    this.followSlice.clear();
    this.chart?.destroy();
  }

  chips(): HTMLElement[] {
    const row = this.shown?.chart.row ?? null;
    if (row === null) return [];
    const unlock = () => this.context.select({ layer: null, head: null });
    return [lockChip(t('Row'), t('Unlock'), unlock, el('span', {}, rowWords(row)))];
  }

  key(event: KeyboardEvent): boolean {
    const shown = this.shown;
    if (!shown) return false;
    const next = rowAfterKey(event.key, shown.chart.row, shown.facts.rows);
    if (next === null) return false;
    this.context.select({ layer: next - 1 });
    const cell = this.columns.cells(shown.origin, false)?.[next];
    this.context.announce(describeSpot(shown.facts.names[shown.origin], shown.origin, next, cell));
    return true;
  }

  tables(): TableTwin[] {
    return [lensTwin(this.shown, this.columns), ...(this.shown ? [lensRanksTable(this.shown)] : [])];
  }

  exports() {
    return this.shown && this.chart ? lensExports(this.shown, this.chart, this.context.theme(), this.columns) : {};
  }

  private intend(change: Partial<LayersIntent>): void {
    this.context.setIntent({ layers: { ...this.context.state().intent.layers, ...change } });
  }

  private pin(token: { id: number; text: string; bytes?: string }): void {
    const { pins } = this.context.state().intent.layers;
    const ownLine = this.shown?.lines.some(({ id, role }) => id === token.id && role !== 'pin');
    const isPin = pins.some(({ id }) => id === token.id);
    const next = afterPinning(pins, { id: token.id, text: readable(token) });
    if (ownLine && !isPin) {
      this.context.announce(t('{0} is followed already', visible(readable(token))));
      return;
    }
    if (!next) {
      this.context.announce(t('At most {0} tokens can be followed: remove one first', mostPins));
      return;
    }
    this.context.announce(
      next.length > pins.length
        ? t('{0} is followed', visible(readable(token)))
        : t('{0} is no longer followed', visible(readable(token))),
    );
    this.intend({ pins: next });
  }

  /** How many positions a click on an arrow moves by. */
  private page(): number {
    return Math.max(1, (this.shown?.positions.length ?? 1) - 1);
  }

  private scroll(step: number): void {
    const shown = this.shown;
    if (!shown) return;
    const most = Math.max(0, shown.facts.tokens.length - shown.positions.length);
    const next = Math.max(0, Math.min(most, this.window.first + step));
    if (next === this.window.first) return;
    this.window = { ...this.window, first: next };
    this.refresh();
  }

  private refresh(): void {
    const state = this.context.state();
    const data = viewData(state.layers);
    this.cell.set(state.intent.layers.cell);
    if (!data || this.width === 0 || data.prompt.tokens.length === 0) {
      this.shown = null;
      this.element.hidden = !data;
      return;
    }
    this.element.hidden = false;
    this.shown = this.compute(state, data);
    this.draw(this.shown);
    this.context.answered();
  }

  /** Adds new data, requests missing data and combines the available data. */
  private compute(state: PanelState, data: LayersData): LensShown {
    const facts = this.facts(data, state.model);
    const { cell, pins } = state.intent.layers;
    this.columns.begin(facts.identity);
    this.columns.add(data.table);
    for (const { state: slice } of [this.slice, this.followSlice])
      if (slice.kind === 'ready' && slice.value.identity === facts.identity) this.columns.add(slice.value.table);
    const tokens = facts.tokens.length;
    const origin = originOf(data, state.selection.locked);
    const count = columnsThatFit(this.width, tokens);
    this.window = windowAfter(this.window, { tokens, count, origin });
    const positions = windowPositions(tokens, count, this.window.first, origin);
    const lines = this.lines(facts, origin, pins, this.columns.version);
    const live = state.layers.kind !== 'stale';
    this.askColumns(facts, positions, cell === 'change', live);
    this.askFollowed(facts, origin, lines, live);
    const follow = this.follow(lines, origin, this.columns.version);
    const exact = exactTokens(state.layers);
    return {
      data,
      facts,
      positions,
      origin,
      lines,
      follow,
      chart: {
        rows: facts.rows,
        columns: this.chartColumns(facts, positions.join(), cell === 'change', exact, this.columns.version),
        origin: positions.indexOf(origin),
        locked: state.selection.locked === origin,
        originWords: originWords(origin, state.selection.locked === origin, tokens),
        tint: cell,
        vocabulary: facts.vocabulary,
        series: this.series(lines, follow),
        row: rowOfLayer(state.selection.layer, facts.rows),
      },
    };
  }

  /** Requests unknown columns in view, with half a window on either side, so that the next step is available at once. */
  private askColumns(facts: LensFacts, positions: readonly number[], change: boolean, live: boolean): void {
    const missing = this.columns.missing(positions, change);
    if (missing.length === 0) return;
    const half = Math.ceil(positions.length / 2);
    const from = Math.max(0, Math.min(...missing) - half);
    const to = Math.min(facts.tokens.length, Math.max(...missing) + half + 1);
    const near = to - from <= 4 * positions.length ? Array.from({ length: to - from }, (_, i) => from + i) : missing;
    const wanted = this.columns.missing(near, change);
    const params = { positions: wanted, top, follow: [], change };
    this.slice.ask(JSON.stringify([facts.identity, params]), live ? this.load(facts.identity, params) : null);
  }

  private askFollowed(facts: LensFacts, origin: number, lines: readonly Line[], live: boolean): void {
    const follow = lines.filter(({ id }) => !this.columns.follow(origin, id)).map(({ id }) => id);
    if (follow.length === 0) return;
    const params = { positions: [origin], top, follow, change: false };
    this.followSlice.ask(JSON.stringify([facts.identity, params]), live ? this.load(facts.identity, params) : null);
  }

  private load(identity: string, params: { positions: number[]; top: number; follow: number[]; change: boolean }) {
    return async (signal: AbortSignal): Promise<Slice> => {
      const table = await this.context.channel.request('logitLens', params, { signal });
      if (table.cells.length !== params.positions.length) throw cancelled();
      return { identity, table };
    };
  }

  private draw(shown: LensShown): void {
    const { facts, positions, origin, lines, follow, chart } = shown;
    const theme = this.context.theme();
    const options = {
      width: this.width,
      theme,
      label: t('Logit lens: {0} positions by {1} rows of blocks', positions.length, facts.rows),
      onPreview: (spot: LensSpot | null, anchor: Element | null, byKeyboard: boolean) =>
        this.preview(spot, anchor, byKeyboard),
      onFollow: (spot: LensSpot) => this.followSpot(spot),
      onLock: (position: number) => {
        this.context.select({ locked: position });
        this.context.reveal(position);
      },
      onScroll: (step: number) => this.scroll(step),
    };
    this.lensLegend.update(lines, follow);
    if (this.chart) this.chart.update(chart, options);
    else this.chart = lensTable(this.holder, chart, options);
    this.drawWindow(shown);
    fill(this.message, ...failureParts([this.slice.state, this.followSlice.state], () => this.retry()));
    fill(this.legend, ...lensScale(theme, chart.tint, facts));
    this.title.textContent = positionTitle(origin, chart.locked, facts);
    const rows = chosenRows(facts.rows, this.width >= wideLens ? 6 : 4, chart.row);
    this.position.update(this.columns.cells(origin, false), rows, chart.row);
  }

  private drawWindow({ facts, positions }: LensShown): void {
    const tokens = facts.tokens.length;
    const last = Math.min(tokens - 1, this.window.first + positions.length - 1);
    // An origin beyond the run takes the place of one of its ends.
    const run = positions.filter((position) => position >= this.window.first && position <= last);
    this.range.textContent = t('positions {0}–{1} of {2}', (run[0] ?? 0) + 1, (run.at(-1) ?? 0) + 1, tokens);
    this.back.disabled = this.window.first === 0;
    this.forth.disabled = last >= tokens - 1;
  }

  private retry(): void {
    this.slice.retry();
    this.followSlice.retry();
    this.refresh();
  }

  private followSpot({ row, position }: LensSpot): void {
    const candidate = position === null ? null : this.columns.cells(position, false)?.[row]?.top[0];
    if (candidate) this.pin({ id: candidate.id, text: candidate.text });
  }

  private preview(spot: LensSpot | null, anchor: Element | null, byKeyboard: boolean): void {
    const shown = this.shown;
    const hover = spot?.position ?? null;
    if (!spot || !shown) this.context.card(null);
    else if (spot.position === null) {
      const ranks = shown.follow.map((each) => each?.[spot.row]);
      this.context.card(anchor, ...ranksCard(spot.row, shown.lines, ranks));
      if (byKeyboard) this.context.announce(describeRanks(spot.row, shown.lines, ranks));
    } else {
      const cell = this.columns.cells(spot.position, false)?.[spot.row];
      const name = shown.facts.names[spot.position];
      const title = t('{0} {1}, {2}', name, spot.position + 1, rowWords(spot.row));
      this.context.card(cell ? anchor : null, ...(cell ? cellCard(title, cell) : []));
      if (byKeyboard) this.context.announce(describeSpot(name, spot.position, spot.row, cell));
    }
    if (this.context.state().selection.hover !== hover) this.context.select({ hover });
  }
}

/** The number of numbers in a slice, which limits how much is kept. */
function sliceSize({ table }: Slice): number {
  return table.cells.reduce((sum, cells) => sum + cells.length * (2 * top + 2 + 2 * table.follow.length), 0);
}
