/**
 * The map of the Patching tab: layers by positions, or blocks by heads, with its legend, the sentence on where the difference is
 * carried, and the best places.
 */
import type { PanelState, PatchingIntent } from '../../../src/analysis/panel';
import { each, type Field, linkButton, segmented } from '../../base/controls';
import { type Child, el, fill } from '../../base/dom';
import { remembered } from '../../base/remembered';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { chosen, type ViewContext } from '../../base/view';
import { type PatchMapChart, patchMap, shareText } from '../../charts/patching/map';
import type { PatchCell } from '../../charts/patching/mapLayout';
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

export interface MapSection {
  element: HTMLElement;
  update(state: PanelState, facts: PatchFacts, theme: Theme): void;
  /** The chosen place, for a chip; null for none. */
  chosen(): string | null;
  unlock(): boolean;
  drawing(): SVGSVGElement | null;
  captions(): string[];
  destroy(): void;
}

export function mapSection(context: ViewContext): MapSection {
  const title = el('h2');
  const sentence = el('p', { class: 'patch-sentence' });
  const kind: Field<PatchKind> = segmented<PatchKind>({
    label: t('Patch'),
    options: each<PatchingIntent['map']>({
      residual: { label: t('Residual stream'), title: t('Everything a position carries after a block') },
      heads: { label: t('Head outputs'), title: t('What one head writes, at all positions') },
    }),
    value: 'residual',
    onChange: (map) => context.setIntent({ patching: { ...context.state().intent.patching, map } }),
  });
  const holder = el('div', { class: 'patch-holder' });
  const legend = el('div', { class: 'legend' });
  const places = el('div', { class: 'patch-places' });
  const placesTitle = el('h2');
  const attention = linkButton(t('Show This Head’s Attention'), showAttention);
  const element = el(
    'section',
    { class: 'sec' },
    title,
    sentence,
    el('div', { class: 'ctl' }, kind.element, attention),
    el(
      'div',
      { class: 'cols wide-l' },
      el('div', {}, holder, legend),
      el('div', { class: 'patch-best' }, placesTitle, places),
    ),
  );
  let chart: PatchMapChart | null = null;
  let width = 0;
  let now: { state: PanelState; facts: PatchFacts; theme: Theme } | null = null;
  const grid = remembered(mapGrid);
  const unwatch = context.onWidth(holder, (next) => {
    width = next;
    redraw();
  });

  function showAttention(): void {
    const { layer, head } = context.state().selection;
    if (layer === null || head === null) return;
    context.setIntent({ tab: 'attention', ...chosen(context, 'attention', { heads: [] }) });
  }

  function redraw(): void {
    if (!now || width === 0) return;
    const { state, facts, theme } = now;
    const shown = state.intent.patching.map;
    kind.set(shown);
    fill(title, t('Where the difference is carried'), el('small', {}, targetLine(facts)));
    const words = shown === 'heads' ? headSentence(facts) : carrierSentence(facts);
    sentence.hidden = words === '';
    sentence.textContent = words;
    const data = { ...grid(facts, shown), ...mapMarks(state.selection, facts, shown) };
    const options = {
      width,
      theme,
      label: `${shown === 'heads' ? t('Head outputs, blocks by heads') : t('Residual stream, layers by positions')}: ${words}`,
      onPreview,
      onChoose,
    };
    if (chart) chart.update(data, options);
    else chart = patchMap(holder, data, options);
    const { limit } = data.grid;
    fill(legend, ...mapLegend(facts, { theme, kind: shown, limit, numbers: chart.numbers() }));
    const { layer, head } = state.selection;
    attention.hidden = shown !== 'heads' || layer === null || head === null;
    listPlaces(facts, shown, limit);
  }

  const listed = remembered((facts: PatchFacts, shown: PatchKind, limit: number) => [
    [
      shown === 'heads' ? t('Strongest heads') : t('Positions that carry it'),
      el('small', {}, t('share of the difference, bars up to {0}', shown === 'heads' ? shareText(limit) : '1')),
    ],
    shown === 'heads' ? headRows(facts, limit) : positionRows(facts),
  ]);
  let inList: Child[][] = [];

  /** The list is redrawn only for a new result, so that a choice made in it keeps the focus. */
  function listPlaces(facts: PatchFacts, shown: PatchKind, limit: number): void {
    const next = listed(facts, shown, limit);
    if (next === inList) return;
    inList = next;
    fill(placesTitle, ...next[0]);
    fill(places, ...next[1]);
  }

  function onPreview(cell: PatchCell | null, anchor: Element | null, byKeyboard: boolean): void {
    if (!now || !cell || !anchor) {
      context.card(null);
      return;
    }
    const { facts } = now;
    const place = { ...cell, name: cellName(cell, facts) };
    if (byKeyboard) context.announce(placeLine(facts.map, place));
    const rows = placeRows(facts.map, place).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]);
    context.card(anchor, el('b', { class: 'mono' }, place.name), el('dl', { class: 'kv' }, ...rows));
  }

  function cellName(cell: PatchCell, facts: PatchFacts): string {
    if (now?.state.intent.patching.map === 'heads') return t('block {0}, head {1}', cell.column, cell.row);
    const position = facts.start + cell.column;
    return `${placeName(facts, position)} ${position}, ${rowName(cell.row, facts.blocks)}`;
  }

  function onChoose(cell: PatchCell): void {
    if (!now) return;
    if (now.state.intent.patching.map === 'heads') choose({ layer: cell.column, head: cell.row });
    else choose({ locked: now.facts.start + cell.column, layer: cell.row, head: null });
  }

  /** Choosing the same place again unlocks it. */
  function choose(change: { locked?: number; layer: number; head: number | null }): void {
    const { selection } = context.state();
    const same = Object.entries(change).every(([key, value]) => selection[key as keyof typeof selection] === value);
    context.select(
      same ? { locked: change.locked === undefined ? selection.locked : null, layer: null, head: null } : change,
    );
  }

  function positionRows(facts: PatchFacts): Child[] {
    const { map } = facts;
    return bestPositions(bestValues(map.residual, map.residualPreview), LISTED, LEAST).flatMap((best) => {
      const { position, share, row, half } = best;
      const where = half ? t('half or more: {0}', range(half)) : t('at {0}', row);
      const exact = map.residual[row][position] !== null;
      const onClick = () => choose({ locked: position, layer: row, head: null });
      return placeRow({ name: placeName(facts, position), share, limit: 1, exact, where, onClick });
    });
  }

  function headRows({ map }: PatchFacts, limit: number): Child[] {
    return bestHeads(bestValues(map.heads, map.headsPreview), LISTED).flatMap(({ layer, head, share }) => {
      const exact = map.heads[layer][head] !== null;
      const name = t('block {0}, head {1}', layer, head);
      return placeRow({ name, share, limit, exact, where: '', onClick: () => choose({ layer, head }) });
    });
  }

  return {
    element,
    update(state, facts, theme) {
      now = { state, facts, theme };
      redraw();
    },
    chosen() {
      if (!now) return null;
      const { selection, intent } = now.state;
      if (selection.layer === null) return null;
      if (intent.patching.map === 'heads')
        return selection.head === null ? null : t('block {0}, head {1}', selection.layer, selection.head);
      return selection.head === null ? rowName(selection.layer, now.facts.blocks) : null;
    },
    unlock() {
      if (context.state().selection.layer === null) return false;
      context.select({ layer: null, head: null });
      return true;
    },
    drawing: () => chart?.drawing() ?? null,
    captions() {
      const words = [...legend.querySelectorAll('.it')].map((each) => each.textContent?.trim());
      const scale = now && grid(now.facts, now.state.intent.patching.map).grid.limit;
      const domain = scale && t('share of the difference, −{0} … +{0}', scale === 1 ? '1' : shareText(scale));
      return [
        now && targetLine(now.facts),
        sentence.textContent,
        [domain, ...words.slice(1)].filter(Boolean).join(' · '),
      ].filter((line) => typeof line === 'string' && line !== '') as string[];
    },
    destroy() {
      unwatch();
      chart?.destroy();
    },
  };
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
