/**
 * The nearest points in the full space: for the compared words among the words around them, and for a locked point among all
 * points and, in the embedding table, among the whole vocabulary.
 */
import type { EmbeddingsData, NeighboursResult } from '../../../src/analysis/embeddings/contract';
import { type Child, el, fill } from '../../base/dom';
import { visible } from '../../base/format';
import { LatestSlice } from '../../base/slices';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { cosineText } from '../../charts/embeddings/cosineTriangle';
import { groupSwatch } from '../../charts/embeddings/groupMark';
import type { EmbeddingActions, EmbeddingScene } from './scene';
import { layerName } from './words';

export interface NearSection {
  element: HTMLElement;
  update(scene: EmbeddingScene): void;
}

const listed = 8;
const mostRows = 12;

export function nearSection(context: ViewContext, actions: EmbeddingActions): NearSection {
  const title = el('h2');
  const content = el('div');
  const element = el('section', { class: 'sec' }, title, content);
  let now: EmbeddingScene | null = null;
  let asked: EmbeddingsData | null = null;
  const slice = new LatestSlice<NeighboursResult>(
    () => listed,
    () => draw(),
  );

  function draw(): void {
    if (!now) return;
    const { picture, locked, chosen, facts } = now;
    const point = locked[0] ?? (chosen.length === 1 ? chosen[0] : undefined);
    const where = el('small', {}, t('cosine, {0}', layerName(picture.layer)));
    if (point !== undefined) {
      fill(title, t('Nearest to {0}', facts.names[point]), where);
      fill(content, ...ofPoint(now, point));
    } else if (picture.nearest) {
      fill(title, t('Nearest other words'), where);
      fill(content, ofWords(now));
    } else {
      fill(title, t('Nearest points'));
      fill(content, el('p', { class: 's m' }, t('Choose a point to see what lies nearest to it in all dimensions.')));
    }
  }

  function ofPoint({ facts, picture, state }: EmbeddingScene, index: number): Child[] {
    const { source, position } = facts.points[index];
    const { layer } = picture;
    const stale = state.embeddings.kind === 'stale';
    const load = (signal: AbortSignal) =>
      context.channel.request('neighbours', { source, position, layer, count: listed }, { signal });
    slice.ask(`${source} ${position} ${layer}`, stale ? null : load);
    const result = slice.state;
    if (result.kind === 'failed')
      return [el('p', { class: 's' }, `${result.problem.message} ${result.problem.remedy}`)];
    const value = result.kind === 'ready' ? result.value : result.kind === 'loading' ? result.previous : null;
    if (!value) return [el('p', { class: 's m' }, stale ? t('The text has changed: run it again.') : t('Looking …'))];
    const points = value.points.flatMap((near) => {
      const other = facts.points.findIndex((each) => each.source === near.source && each.position === near.position);
      return other < 0 ? [] : [nearRow(other, near.cosine)];
    });
    const words = value.vocabulary?.map(({ text, cosine }) =>
      row(el('span', { class: 'mono' }, visible(text)), cosine),
    );
    return [
      el(
        'div',
        { class: words ? 'embed-near two' : 'embed-near', 'aria-busy': result.kind === 'loading' },
        el('div', {}, words && el('h3', {}, t('among the points')), ...points),
        words && el('div', {}, el('h3', {}, t('in the vocabulary')), ...words),
      ),
    ];
  }

  function nearRow(point: number, cosine: number): HTMLElement {
    const { facts, theme } = now as EmbeddingScene;
    const mark = facts.groupOf[point] >= 0 && !facts.points[point].beside && groupSwatch(theme, facts.groupOf[point]);
    const name = el(
      'button',
      { type: 'button', class: 'mono embed-name', on: { click: () => actions.lock(point) } },
      mark,
      facts.names[point],
    );
    return row(name, cosine);
  }

  function ofWords({ facts, picture, theme }: EmbeddingScene): HTMLElement {
    const rows = (picture.nearest ?? [])
      .slice(0, mostRows)
      .map((near, index) =>
        el(
          'tr',
          {},
          el(
            'th',
            { scope: 'row' },
            el(
              'button',
              { type: 'button', class: 'embed-name', on: { click: () => actions.lock(index) } },
              facts.groupOf[index] >= 0 && groupSwatch(theme, facts.groupOf[index]),
              facts.names[index],
            ),
          ),
          ...near.map(({ point, cosine }) =>
            el(
              'td',
              {},
              el('span', { class: 'mono' }, facts.names[point]),
              ' ',
              el('span', { class: 'm num' }, short(cosine)),
            ),
          ),
        ),
      );
    return el('table', { class: 't embed-words' }, el('tbody', {}, ...rows));
  }

  return {
    element,
    update(scene) {
      if (scene.facts.data !== asked) slice.clear();
      asked = scene.facts.data;
      now = scene;
      draw();
    },
  };
}

function row(name: HTMLElement, cosine: number): HTMLElement {
  const width = `${Math.max(0, Math.min(1, cosine)) * 100}%`;
  return el(
    'div',
    { class: 'embed-row' },
    name,
    el('span', { class: 'track' }, el('i', { style: { width } })),
    el('span', { class: 'num' }, cosineText(cosine)),
  );
}

const short = (cosine: number) =>
  cosine
    .toFixed(2)
    .replace(/^(-?)0\./, '$1.')
    .replace('-', '\u2212');
