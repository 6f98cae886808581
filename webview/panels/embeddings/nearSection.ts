/**
 * The nearest points in the full space: for the compared words among the words around them, and for a locked point among all
 * points and, in the embedding table, among the whole vocabulary.
 */
import type { EmbeddingsData, NeighboursResult } from '../../../src/analysis/embeddings/contract';
import { el, fill } from '../../base/dom';
import { visible } from '../../base/format';
import { LatestSlice } from '../../base/slices';
import { inProse, t } from '../../base/strings';
import { withTerms } from '../../base/term';
import type { ViewContext } from '../../base/view';
import { cosineText } from '../../charts/embeddings/cosineTriangle';
import { groupSwatch } from '../../charts/embeddings/groupMark';
import type { Section } from '../section';
import type { EmbeddingActions, EmbeddingScene } from './scene';
import { layerName } from './words';

const listed = 8;
const mostRows = 12;

export class NearSection implements Section<EmbeddingScene> {
  private readonly title = el('h2');
  private readonly content = el('div');
  readonly element = el('section', { class: 'sec' }, this.title, this.content);
  private scene: EmbeddingScene | null = null;
  private asked: EmbeddingsData | null = null;
  private readonly slice = new LatestSlice<NeighboursResult>(
    () => listed,
    () => this.draw(),
  );

  constructor(
    private readonly context: ViewContext,
    private readonly actions: EmbeddingActions,
  ) {}

  update(scene: EmbeddingScene): void {
    if (scene.facts.data !== this.asked) this.slice.clear();
    this.asked = scene.facts.data;
    this.scene = scene;
    this.draw();
  }

  destroy(): void {
    this.slice.clear();
  }

  private draw(): void {
    if (!this.scene) return;
    const { picture, locked, chosen, facts } = this.scene;
    const point = locked[0] ?? (chosen.length === 1 ? chosen[0] : undefined);
    const where = el('small', {}, ...withTerms(t('cosine, {0}', layerName(picture.layer)), 'cosine'));
    if (point !== undefined) {
      fill(this.title, t('Nearest to {0}', facts.names[point]), where);
      fill(this.content, this.ofPoint(this.scene, point));
    } else if (picture.nearest) {
      fill(this.title, t('Nearest other words'), where);
      fill(this.content, this.ofWords(this.scene));
    } else {
      fill(this.title, t('Nearest points'));
      const hint = t('Choose a point to see what lies nearest to it in all dimensions.');
      fill(this.content, el('p', { class: 's m no-export' }, hint));
    }
  }

  private ofPoint(scene: EmbeddingScene, index: number): HTMLElement {
    const { facts, picture, state } = scene;
    const { source, position } = facts.points[index];
    const { layer } = picture;
    const stale = state.embeddings.kind === 'stale';
    const load = (signal: AbortSignal) =>
      this.context.channel.request('neighbours', { source, position, layer, count: listed }, { signal });
    this.slice.ask(`${source} ${position} ${layer}`, stale ? null : load);
    const result = this.slice.state;
    if (result.kind === 'failed')
      return el('p', { class: 's' }, inProse([result.problem.message, result.problem.remedy]));
    const value = result.kind === 'ready' ? result.value : result.kind === 'loading' ? result.previous : null;
    if (!value) return el('p', { class: 's m' }, stale ? t('The text has changed: run it again.') : t('Looking …'));
    const points = value.points.flatMap((near) => {
      const other = facts.points.findIndex((each) => each.source === near.source && each.position === near.position);
      return other < 0 ? [] : [row(this.nameOf(scene, other, 'mono embed-name'), near.cosine)];
    });
    const words = value.vocabulary?.map(({ text, cosine }) =>
      row(el('span', { class: 'mono' }, visible(text)), cosine),
    );
    return el(
      'div',
      { class: words ? 'embed-near two' : 'embed-near', 'aria-busy': result.kind === 'loading' },
      el('div', {}, words && el('h3', {}, t('among the points')), ...points),
      words && el('div', {}, el('h3', {}, t('in the vocabulary')), ...words),
    );
  }

  /** The point's name as a button that locks it, behind the mark of its group. */
  private nameOf({ facts, theme }: EmbeddingScene, point: number, classes: string): HTMLElement {
    const group = facts.groupOf[point];
    const mark = group >= 0 && !facts.points[point].beside && groupSwatch(theme, group);
    const click = () => this.actions.lock(point);
    return el('button', { type: 'button', class: classes, on: { click } }, mark, facts.names[point]);
  }

  private ofWords(scene: EmbeddingScene): HTMLElement {
    const { facts, picture } = scene;
    const rows = (picture.nearest ?? []).slice(0, mostRows).map((near, index) =>
      el(
        'tr',
        {},
        el('th', { scope: 'row' }, this.nameOf(scene, index, 'embed-name')),
        ...near.map(({ point, cosine }) => {
          const name = el('span', { class: 'mono' }, facts.names[point]);
          return el('td', {}, name, ' ', el('span', { class: 'm num' }, short(cosine)));
        }),
      ),
    );
    return el('table', { class: 't embed-words' }, el('tbody', {}, ...rows));
  }
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
