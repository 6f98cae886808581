/** The large picture with its legend and the necessary caveats. */
import { button, linkButton } from '../../base/controls';
import { type Child, el, fill } from '../../base/dom';
import { grouped } from '../../base/format';
import { remembered } from '../../base/remembered';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import type { ViewContext } from '../../base/view';
import { cosineText } from '../../charts/embeddings/cosineTriangle';
import { groupSwatch, mostGroups } from '../../charts/embeddings/groupMark';
import {
  embeddingScatter,
  type ScatterData,
  type ScatterOptions,
  type ScatterPoint,
} from '../../charts/embeddings/scatter';
import type { Section } from '../section';
import { heldChart } from '../sized';
import { tableWords } from '../tableWords';
import { type EmbeddingFacts, nextGroupName } from './facts';
import type { EmbeddingActions, EmbeddingScene } from './scene';
import {
  axisNames,
  basisSentence,
  controlSentence,
  cutSentence,
  fallbackSentence,
  groupName,
  layerName,
  leftOutSentence,
  othersWords,
  pictureTitle,
  pointLine,
  sameSentence,
} from './words';

/** Heights in px; the picture is nearly square in narrow panels. */
const heights = { wide: 392, narrow: 330 };
const movementMs = 500;

export class ScatterSection implements Section<EmbeddingScene> {
  private readonly title = el('h2');
  private readonly holder = el('div', { class: 'embed-holder' });
  private readonly choice = el('div', { class: 'embed-choice', hidden: true });
  private readonly legend = el('div', { class: 'legend' });
  private readonly notes = el('div', { class: 'embed-notes' });
  readonly element = el('section', { class: 'sec' }, this.title, this.holder, this.choice, this.legend, this.notes);
  private readonly still = window.matchMedia?.('(prefers-reduced-motion: reduce)');
  private readonly held;
  private readonly pointsOf = remembered((facts: EmbeddingFacts, picture: EmbeddingScene['picture']): ScatterPoint[] =>
    picture.x.map((x, i) => ({
      x,
      y: picture.y[i],
      name: facts.names[i],
      group: facts.groupOf[i],
      beside: facts.points[i].beside,
    })),
  );

  constructor(
    private readonly context: ViewContext,
    private readonly actions: EmbeddingActions,
  ) {
    this.held = heldChart(context, this.holder, embeddingScatter, (scene: EmbeddingScene, width) =>
      this.inputs(scene, width),
    );
  }

  update(scene: EmbeddingScene): void {
    const { facts, picture, layer, exact, failed, theme, state } = scene;
    const late = failed ? t('block {0} could not be drawn', layer) : t('block {0} is being computed', layer);
    fill(
      this.title,
      pictureTitle(facts),
      el('small', {}, layerName(picture.layer)),
      !exact && el('small', { role: 'status' }, late),
    );
    this.updateChoice(scene);
    fill(this.legend, ...legendOf(facts, theme));
    this.legend.hidden = this.legend.childElementCount === 0;
    const sentences = [
      fallbackSentence(picture, state.intent.embeddings.method),
      sameSentence(facts, picture),
      basisSentence(picture, state.intent.embeddings),
      tableWords(facts.data.plan.reading),
      leftOutSentence(facts),
      cutSentence(facts),
      controlSentence(facts),
    ];
    fill(this.notes, ...sentences.filter((text) => text !== '').map((text) => el('p', { class: 's m' }, text)));
    this.held.update(scene);
  }

  drawing(): SVGSVGElement | null {
    return this.held.chart()?.drawing() ?? null;
  }

  destroy(): void {
    this.held.stop();
  }

  private inputs(scene: EmbeddingScene, width: number): [ScatterData, ScatterOptions] {
    const { facts, picture, state, theme, locked, chosen } = scene;
    const { embeddings } = state.intent;
    const data = {
      key: facts,
      points: this.pointsOf(facts, picture),
      axes: axisNames(picture, embeddings.method === 'pca' && embeddings.axis !== null),
      corner: t('no axes: only neighbourhoods count'),
      locked,
      chosen,
    };
    const options: ScatterOptions = {
      width,
      height: width > 420 ? heights.wide : heights.narrow,
      theme,
      label: t(
        '{0}, {1}: {2} points. Arrows go from point to point, Enter locks, Space chooses several.',
        pictureTitle(facts),
        layerName(picture.layer),
        picture.x.length,
      ),
      durationMs: this.still?.matches ? 0 : movementMs,
      onPreview: (index, anchor, byKeyboard) => {
        if (index === null || !anchor) return this.context.card(null);
        if (byKeyboard) this.context.announce(pointLine(facts, index));
        this.context.card(anchor, ...cardOf(scene, index));
      },
      onLock: this.actions.lock,
      onChoose: this.actions.choose,
    };
    return [data, options];
  }

  private updateChoice({ facts, chosen, state }: EmbeddingScene): void {
    const { marks } = state.intent.embeddings;
    const several = facts.data.texts.length > 1 && facts.data.plan.source !== 'prompt';
    this.choice.hidden = chosen.length === 0 && marks.length === 0;
    fill(this.choice);
    if (this.choice.hidden) return;
    const setMarks = (next: typeof marks) =>
      this.context.setIntent({ embeddings: { ...this.context.state().intent.embeddings, marks: next } });
    const group = () => {
      const sources = new Set(chosen.map((index) => facts.points[index].source));
      const name = nextGroupName(marks);
      setMarks([
        ...marks.filter(({ text }) => !sources.has(text)),
        ...[...sources].map((text) => ({ text, group: name })),
      ]);
      this.actions.choose([], false);
    };
    fill(
      this.choice,
      chosen.length > 0 &&
        el('span', {}, chosen.length === 1 ? t('1 point chosen') : t('{0} points chosen', chosen.length)),
      chosen.length > 0 && several && button({ label: t('Group These Points'), onClick: group }),
      chosen.length > 0 && linkButton(t('Clear the Selection'), () => this.actions.choose([], false)),
      marks.length > 0 && linkButton(t('Remove Your Groups'), () => setMarks([])),
    );
  }
}

/** The point's name, the words around it, and its similarity to the locked point. */
function cardOf({ facts, picture, locked }: EmbeddingScene, index: number): Node[] {
  const point = facts.points[index];
  const { context: around, contextAt, group, source, position } = point;
  const label = facts.data.texts[source]?.label;
  const rows: [string, string][] = [];
  if (group !== null) rows.push([t('group'), groupName(group)]);
  if (facts.data.texts.length > 1 && label && label !== facts.names[index]) rows.push([t('text'), label]);
  rows.push([t('token'), grouped(position + 1)]);
  const other = locked.find((each) => each !== index);
  const near = other === undefined ? undefined : picture.cosine?.[index]?.[other];
  if (near !== undefined && other !== undefined) rows.push([t('cosine to {0}', facts.names[other]), cosineText(near)]);
  return [
    el('b', { class: 'mono' }, facts.names[index]),
    el(
      'p',
      { class: 's embed-context' },
      around.slice(0, contextAt[0]),
      el('b', {}, around.slice(...contextAt)),
      around.slice(contextAt[1]),
    ),
    el('dl', { class: 'kv' }, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
  ];
}

function legendOf(facts: EmbeddingFacts, theme: Theme): Child[] {
  const { groups, points } = facts;
  const item = (...content: Child[]) => el('span', { class: 'it' }, ...content);
  const shown = groups.slice(0, mostGroups).map((group, index) => item(groupSwatch(theme, index), groupName(group)));
  const rest = othersWords(facts);
  const beside = points.some((point) => point.beside);
  return [
    ...(groups.length > 1 || (groups.length === 1 && groups[0] !== '') ? shown : []),
    rest !== '' && item(groupSwatch(theme, mostGroups), rest),
    beside && item(t('small: the words around it')),
  ];
}
