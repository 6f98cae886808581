/**
 * The map of the Patching tab: layers by positions, or blocks by heads, with its legend, the sentence on where the difference is
 * carried, and the best places.
 */
import type { PanelState, PatchingIntent } from '../../../src/analysis/panel';
import { each, type Field, linkButton, segmented } from '../../base/controls';
import { type Child, el, fill } from '../../base/dom';
import { grouped } from '../../base/format';
import { remembered } from '../../base/remembered';
import { inClauses, t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { chosen, type ViewContext } from '../../base/view';
import { type PatchMapData, type PatchMapOptions, patchMap, shareText } from '../../charts/patching/map';
import type { PatchCell } from '../../charts/patching/mapLayout';
import type { Section } from '../section';
import { heldChart } from '../sized';
import { bestHeads, bestPositions, bestValues, type PatchFacts } from './facts';
import { mapGrid, mapMarks, type PatchKind } from './grid';
import { mapLegend } from './legend';
import {
  carrierSentence,
  headSentence,
  placeLine,
  placeName,
  placeRows,
  rowName,
  targetName,
  valueWords,
} from './words';

/** The number of places in the list, and the least share of a position in it. */
const LISTED = 8;
const LEAST = 0.05;

export interface MapShown {
  state: PanelState;
  facts: PatchFacts;
  theme: Theme;
}

/** A place to choose: a position after a block, or a head. */
interface Place {
  locked?: number;
  layer: number;
  head: number | null;
}

/** The sentence on where the difference is carried, for the map that is shown. */
function answerOf({ facts, state }: MapShown): string {
  return state.intent.patching.map === 'heads' ? headSentence(facts) : carrierSentence(facts);
}

export class MapSection implements Section<MapShown> {
  readonly element: HTMLElement;
  private readonly title = el('h2');
  private readonly kind: Field<PatchKind>;
  private readonly legend = el('div', { class: 'legend' });
  private readonly places = el('div', { class: 'patch-places' });
  private readonly placesTitle = el('h2');
  private readonly attention = linkButton(t('Show This Head’s Attention'), () => this.showAttention());
  private readonly held;
  private readonly grid = remembered(mapGrid);
  private readonly listed = remembered((facts: PatchFacts, kind: PatchKind, limit: number) =>
    this.placeList(facts, kind, limit),
  );
  private inList: Child[][] = [];

  constructor(private readonly context: ViewContext) {
    this.kind = segmented<PatchKind>({
      label: t('Patch'),
      options: each<PatchingIntent['map']>({
        residual: { label: t('Residual stream'), title: t('Everything that a position carries after a block') },
        heads: { label: t('Head outputs'), title: t('The output of one head, at all positions') },
      }),
      value: 'residual',
      onChange: (map) => context.setIntent({ patching: { ...context.state().intent.patching, map } }),
    });
    const holder = el('div', { class: 'patch-holder' });
    this.element = el(
      'section',
      { class: 'sec' },
      this.title,
      el('div', { class: 'ctl' }, this.kind.element, this.attention),
      el(
        'div',
        { class: 'cols wide-l' },
        el('div', {}, holder, this.legend),
        el('div', { class: 'patch-best' }, this.placesTitle, this.places),
      ),
    );
    this.held = heldChart(
      context,
      holder,
      patchMap,
      (shown: MapShown, width) => this.inputs(shown, width),
      (shown, chart) => this.drawBeside(shown, chart.numbers()),
    );
  }

  update(shown: MapShown): void {
    this.held.update(shown);
  }

  /** The chosen place, for a chip; null for none. */
  chosen(): string | null {
    const shown = this.held.shown();
    if (!shown) return null;
    const { selection, intent } = shown.state;
    if (selection.layer === null) return null;
    if (intent.patching.map === 'heads')
      return selection.head === null ? null : t('block {0}, head {1}', selection.layer, selection.head);
    return selection.head === null ? rowName(selection.layer, shown.facts.blocks) : null;
  }

  unlock(): void {
    if (this.context.state().selection.layer !== null) this.context.select({ layer: null, head: null });
  }

  drawing(): SVGSVGElement | null {
    return this.held.chart()?.drawing() ?? null;
  }

  /** The lines under an exported picture. */
  captions(): string[] {
    const shown = this.held.shown();
    const words = [...this.legend.querySelectorAll('.it')].map((each) => each.textContent?.trim());
    const scale = shown && this.grid(shown.facts, shown.state.intent.patching.map).grid.limit;
    const domain = scale && t('share of the difference, −{0} … +{0}', scale === 1 ? '1' : shareText(scale));
    return [
      shown && targetLine(shown.facts),
      shown && answerOf(shown),
      [domain, ...words.slice(1)].filter(Boolean).join(' · '),
    ].filter((line) => typeof line === 'string' && line !== '') as string[];
  }

  destroy(): void {
    this.held.stop();
  }

  private showAttention(): void {
    const { layer, head } = this.context.state().selection;
    if (layer === null || head === null) return;
    this.context.setIntent({ tab: 'attention', ...chosen(this.context, 'attention', { heads: [] }) });
  }

  private inputs(shown: MapShown, width: number): [PatchMapData, PatchMapOptions] {
    const { state, facts, theme } = shown;
    const kind = state.intent.patching.map;
    this.kind.set(kind);
    fill(this.title, t('Where the difference is carried'), el('small', {}, targetLine(facts)));
    const words = answerOf(shown);
    const name = kind === 'heads' ? t('Head outputs, blocks by heads') : t('Residual stream, layers by positions');
    const data = { ...this.grid(facts, kind), ...mapMarks(state.selection, facts, kind) };
    const options: PatchMapOptions = {
      width,
      theme,
      label: t('{0}: {1}', name, words),
      onPreview: (cell, anchor, byKeyboard) => this.preview(shown, cell, anchor, byKeyboard),
      onChoose: (cell) => {
        if (kind === 'heads') this.choose({ layer: cell.column, head: cell.row });
        else this.choose({ locked: facts.start + cell.column, layer: cell.row, head: null });
      },
    };
    return [data, options];
  }

  private drawBeside({ state, facts, theme }: MapShown, numbers: boolean): void {
    const kind = state.intent.patching.map;
    const { limit } = this.grid(facts, kind).grid;
    fill(this.legend, ...mapLegend(facts, { theme, kind, limit, numbers }));
    const { layer, head } = state.selection;
    this.attention.hidden = kind !== 'heads' || layer === null || head === null;
    // The list is redrawn only for a new result, so that a choice made in it keeps the focus.
    const next = this.listed(facts, kind, limit);
    if (next === this.inList) return;
    this.inList = next;
    fill(this.placesTitle, ...next[0]);
    fill(this.places, ...next[1]);
  }

  private preview(
    { facts, state }: MapShown,
    cell: PatchCell | null,
    anchor: Element | null,
    byKeyboard: boolean,
  ): void {
    if (!cell || !anchor) {
      this.context.card(null);
      return;
    }
    const place = { ...cell, name: cellName(cell, facts, state.intent.patching.map) };
    if (byKeyboard) this.context.announce(placeLine(facts.map, place));
    const rows = placeRows(facts.map, place).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]);
    this.context.card(anchor, el('b', { class: 'mono' }, place.name), el('dl', { class: 'kv' }, ...rows));
  }

  /** Choosing the same place again unlocks it. */
  private choose(change: Place): void {
    const { selection } = this.context.state();
    const same = Object.entries(change).every(([key, value]) => selection[key as keyof typeof selection] === value);
    const locked = change.locked === undefined ? selection.locked : null;
    this.context.select(same ? { locked, layer: null, head: null } : change);
  }

  /** The heading and the rows of the best places. */
  private placeList(facts: PatchFacts, kind: PatchKind, limit: number): Child[][] {
    const heads = kind === 'heads';
    const small = t('share of the difference, bars up to {0}', heads ? shareText(limit) : '1');
    const title = heads ? t('Strongest heads') : t('Positions that carry it');
    const rows = heads ? headRows(facts, limit) : positionRows(facts);
    const nodes = rows.flatMap(({ place, ...row }) => placeRow({ ...row, onClick: () => this.choose(place) }));
    return [[title, el('small', {}, small)], nodes];
  }
}

function cellName(cell: PatchCell, facts: PatchFacts, kind: PatchKind): string {
  if (kind === 'heads') return t('block {0}, head {1}', cell.column, cell.row);
  const position = facts.start + cell.column;
  return inClauses([`${placeName(facts, position)} ${grouped(position + 1)}`, rowName(cell.row, facts.blocks)]);
}

type ListedPlace = Omit<PlaceRow, 'onClick'> & { place: Place };

function positionRows(facts: PatchFacts): ListedPlace[] {
  const { map } = facts;
  return bestPositions(bestValues(map.residual, map.residualPreview), LISTED, LEAST).map((best) => {
    const { position, share, row, half } = best;
    const where = half ? t('half or more: blocks {0}', range(half)) : t('at block {0}', row);
    const exact = map.residual[row][position] !== null;
    const place = { locked: position, layer: row, head: null };
    return { name: placeName(facts, position), share, limit: 1, exact, where, place };
  });
}

function headRows({ map }: PatchFacts, limit: number): ListedPlace[] {
  return bestHeads(bestValues(map.heads, map.headsPreview), LISTED).map(({ layer, head, share }) => {
    const exact = map.heads[layer][head] !== null;
    const name = t('block {0}, head {1}', layer, head);
    return { name, share, limit, exact, where: '', place: { layer, head } };
  });
}

/** The target's value in both prompts. */
function targetLine({ map }: PatchFacts): string {
  const [first, second] = [valueWords(map, map.value), valueWords(map, map.second)];
  return t('{0} = {1} here, {2} in the second prompt', targetName(map), first, second);
}

function range([from, to]: readonly [number, number]): string {
  return from === to ? String(from) : `${from}–${to}`;
}

interface PlaceRow {
  name: string;
  share: number;
  /** The share of a full bar. */
  limit: number;
  exact: boolean;
  where: string;
  onClick: () => void;
}

/** The row's name, bar, value and place. */
function placeRow({ name, share, limit, exact, where, onClick }: PlaceRow): Child[] {
  const width = `${Math.min(1, Math.abs(share) / limit) * 100}%`;
  return [
    el('button', { type: 'button', class: 'mono patch-place', on: { click: onClick } }, name),
    el('span', { class: 'track' }, el('i', { class: share < 0 ? 'against' : undefined, style: { width } })),
    el('span', { class: exact ? 'num' : 'num m' }, `${exact ? '' : '≈'}${shareText(share)}`),
    el('span', { class: 's m nw' }, where),
  ];
}
