/**
 * The Embeddings tab: where the states of chosen tokens lie relative to each other, layer by layer, and how similar they are in
 * the full space. Changing the layer requires no request to the engine if all pictures came with the result.
 */

import type { Tab } from '../../../src/analysis/contracts';
import type { EmbeddingsData } from '../../../src/analysis/embeddings/contract';
import type { PanelState } from '../../../src/analysis/panel';
import type { TableTwin } from '../../base/a11y';
import { el, fill } from '../../base/dom';
import { remembered } from '../../base/remembered';
import { inClauses, t } from '../../base/strings';
import { type Lead, type View, type ViewContext, type ViewExports, viewData } from '../../base/view';
import { embeddingStrip, type StripData, type StripOptions } from '../../charts/embeddings/strip';
import { svgDocument } from '../../charts/shared/svgDocument';
import { lockChip } from '../shell/chips';
import { heldChart } from '../sized';
import { CompareSection } from './compareSection';
import { EmbeddingControls } from './controls';
import { embeddingFacts, pointsAtToken, shownLayer, stripLayers } from './facts';
import { layerControl } from './layerControl';
import { embeddingsAnswer } from './lead';
import { NearSection } from './nearSection';
import { EmbeddingPictures } from './pictures';
import { ScatterSection } from './scatterSection';
import type { EmbeddingActions, EmbeddingScene } from './scene';
import { cosineTable, pointsTable, separationTable } from './tables';
import { layerName, pictureTitle, sourceWords } from './words';

const narrow = 600;

class EmbeddingsView implements View {
  readonly tab: Tab = 'embeddings';
  readonly terms = ['embedding', 'token', 'residual', 'cosine', 'pca', 'probe'] as const;
  readonly element: HTMLElement;
  readonly about = {
    shows: t('where each token’s vector lies, block by block.'),
    cannotTell: t('what a word means: two axes show only part of the variance.'),
  };
  private readonly controls;
  private readonly layers;
  private readonly scatter;
  private readonly compare;
  private readonly near;
  private readonly results = el('div', {});
  private readonly stripTitle = el('h2');
  private readonly stripHolder = el('div', { class: 'embed-holder' });
  private readonly strip;
  private readonly facts = remembered((data: EmbeddingsData) => embeddingFacts(data));
  private readonly pictures: EmbeddingPictures;
  private scene: EmbeddingScene | null = null;
  private chosen: readonly number[] = [];
  private chosenOf: EmbeddingsData | null = null;

  constructor(private readonly context: ViewContext) {
    const actions: EmbeddingActions = {
      layer: (layer) => {
        this.layers.stop();
        this.showLayer(layer);
      },
      lock: (point) => this.lock(point),
      choose: (points, more) => this.choose(points, more),
    };
    this.pictures = new EmbeddingPictures(
      async (layers, signal) => (await context.channel.request('embeddingLayers', { layers }, { signal })).layers,
      () => this.update(context.state()),
    );
    this.controls = new EmbeddingControls(context);
    this.layers = layerControl(context, (layer) => this.showLayer(layer));
    this.scatter = new ScatterSection(context, actions);
    this.compare = new CompareSection(context, actions);
    this.near = new NearSection(context, actions);
    this.results.append(
      this.layers.element,
      el('section', { class: 'sec embed-strip-section' }, this.stripTitle, this.stripHolder),
      el('div', { class: 'cols wide-l' }, el('div', {}, this.scatter.element, this.near.element), this.compare.element),
    );
    this.element = el('div', { class: 'embeddings' }, this.controls.element, this.results);
    this.strip = heldChart(context, this.stripHolder, embeddingStrip, (scene: EmbeddingScene, width) =>
      this.stripInputs(scene, width, actions),
    );
  }

  /** The user can choose the points before there is anything to see, and after a choice that led nowhere. */
  standsAlone(): boolean {
    return true;
  }

  lead(): Lead {
    const question = t('Which of these points does the model treat alike?');
    return { question, answer: this.scene ? embeddingsAnswer(this.scene) : '' };
  }

  running(): string {
    return t('Reading the states');
  }

  update(state: PanelState): void {
    const data = viewData(state.embeddings);
    const { embeddings } = state.intent;
    const facts = data && this.facts(data);
    this.controls.update(embeddings, data);
    this.results.hidden = !facts;
    this.scene = null;
    if (!facts) return;
    if (data !== this.chosenOf) this.chosen = [];
    this.chosenOf = data;
    this.pictures.show(data);
    const layer = shownLayer(embeddings, facts.blocks);
    const { picture, exact, failed } = this.pictures.at(layer, state.embeddings.kind === 'ready');
    this.scene = {
      ...{ state, facts, layer, picture, exact, failed },
      theme: this.context.theme(),
      pictures: this.pictures.all,
      locked: pointsAtToken(facts, state.selection.locked),
      chosen: this.chosen,
    };
    this.layers.update(layer, facts.blocks);
    for (const section of [this.scatter, this.compare, this.near, this.strip]) section.update(this.scene);
    this.context.answered();
  }

  dispose(): void {
    this.layers.stop();
    this.strip.stop();
    for (const section of [this.scatter, this.compare, this.near]) section.destroy();
  }

  chips(): HTMLElement[] {
    if (!this.scene) return [];
    const { facts, state } = this.scene;
    const source = el(
      'span',
      { class: 'chip' },
      el('span', { class: 'k' }, t('Source')),
      sourceWords(facts, state.title),
    );
    const { embeddings } = state.intent;
    if (embeddings.axis === null || embeddings.method !== 'pca') return [source];
    const drop = () =>
      this.context.setIntent({ embeddings: { ...this.context.state().intent.embeddings, axis: null } });
    return [
      source,
      lockChip(t('Axis'), t('Back to the Axes of Most Variance'), drop, el('span', {}, t('a probe’s direction'))),
    ];
  }

  unlock(): void {
    if (this.chosen.length > 0) this.choose([], false);
  }

  /** The keys [ and ] step through the blocks. */
  key(event: KeyboardEvent): boolean {
    const step = { '[': -1, ']': 1 }[event.key];
    if (!step || !this.scene) return false;
    this.layers.stop();
    this.showLayer(Math.max(0, Math.min(this.scene.facts.blocks, this.scene.layer + step)));
    this.context.announce(layerName(this.scene.layer));
    return true;
  }

  table(): TableTwin {
    if (!this.scene) return { caption: t('Embeddings'), columns: [], rows: [] };
    return pointsTable(this.scene.facts, this.scene.picture);
  }

  moreTables(): TableTwin[] {
    if (!this.scene) return [];
    const { facts, picture, pictures } = this.scene;
    return [cosineTable(facts, picture), separationTable(pictures)].filter((twin) => twin !== null);
  }

  exports(): ViewExports {
    const { scene } = this;
    if (!scene) return {};
    const title = inClauses([pictureTitle(scene.facts), layerName(scene.picture.layer)]);
    return {
      svg: () =>
        svgDocument(this.context.theme(), t('Embeddings'), [
          { title, drawing: this.scatter.drawing() },
          ...this.compare.drawings(),
        ]),
      csv: () => this.table(),
      json: () => ({ ...scene.facts.data.result, plan: scene.facts.data.plan, texts: scene.facts.data.texts }),
    };
  }

  private stripInputs(scene: EmbeddingScene, width: number, actions: EmbeddingActions): [StripData, StripOptions] {
    const { facts, pictures, layer, theme } = scene;
    const wanted = stripLayers(facts.blocks, width < narrow);
    const step = wanted[1] ?? 1;
    fill(
      this.stripTitle,
      step === 3 ? t('Every third block') : step === 6 ? t('Every sixth block') : t('Every {0} blocks', step),
      el('small', {}, t('the same points')),
    );
    const data = {
      pictures: pictures.filter((picture) => wanted.includes(picture.layer)),
      groups: facts.groupOf,
      beside: facts.points.map(({ beside }) => beside),
      layer,
    };
    const label = t('Small pictures of some blocks; arrows choose one');
    return [data, { width, theme, label, onLayer: actions.layer }];
  }

  private showLayer(layer: number): void {
    const { embeddings } = this.context.state().intent;
    if (this.scene && layer === this.scene.layer) return;
    this.pictures.retry();
    this.context.setIntent({ embeddings: { ...embeddings, layer } });
  }

  /** Locking a point of the file selects it everywhere; any other point is only chosen in this tab. */
  private lock(point: number): void {
    if (!this.scene) return;
    const place = this.scene.facts.data.places[point];
    if (place === null || place === undefined) {
      this.choose(this.chosen.includes(point) ? [] : [point], false);
      return;
    }
    const same = this.context.state().selection.locked === place;
    this.chosen = [];
    this.context.select({ locked: same ? null : place });
    if (!same) this.context.reveal(place);
  }

  private choose(points: number[], more: boolean): void {
    if (!this.scene) return;
    const { places } = this.scene.facts.data;
    const before = more ? this.chosen : [];
    const again = more && points.length === 1 && before.includes(points[0]);
    this.chosen = again ? before.filter((point) => point !== points[0]) : [...new Set([...before, ...points])];
    const positions = this.chosen.flatMap((point) => places[point] ?? []);
    if (positions.length > 0) this.context.channel.notify('revealTokens', { positions });
    this.context.announce(this.chosen.length === 1 ? t('1 point chosen') : t('{0} points chosen', this.chosen.length));
    this.update(this.context.state());
  }
}

export function createEmbeddingsView(context: ViewContext): View {
  return new EmbeddingsView(context);
}
