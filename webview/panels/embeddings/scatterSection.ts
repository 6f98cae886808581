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
import { embeddingScatter, type ScatterChart, type ScatterPoint } from '../../charts/embeddings/scatter';
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

export interface ScatterSection {
  element: HTMLElement;
  update(scene: EmbeddingScene): void;
  drawing(): SVGSVGElement | null;
  destroy(): void;
}

/** Heights in px; the picture is nearly square in narrow panels. */
const heights = { wide: 392, narrow: 330 };
const movementMs = 500;

export function scatterSection(context: ViewContext, actions: EmbeddingActions): ScatterSection {
  const title = el('h2');
  const holder = el('div', { class: 'embed-holder' });
  const choice = el('div', { class: 'embed-choice', hidden: true });
  const legend = el('div', { class: 'legend' });
  const notes = el('div', { class: 'embed-notes' });
  const element = el('section', { class: 'sec' }, title, holder, choice, legend, notes);
  let chart: ScatterChart | null = null;
  let now: EmbeddingScene | null = null;
  let width = 0;
  const still = window.matchMedia?.('(prefers-reduced-motion: reduce)');
  const unwatch = context.onWidth(holder, (next) => {
    width = next;
    redraw();
  });
  const pointsOf = remembered((facts: EmbeddingFacts, picture: EmbeddingScene['picture']): ScatterPoint[] =>
    picture.x.map((x, i) => ({
      x,
      y: picture.y[i],
      name: facts.names[i],
      group: facts.groupOf[i],
      beside: facts.points[i].beside,
    })),
  );

  function redraw(): void {
    if (!now || width === 0) return;
    const { facts, picture, state, theme, locked, chosen } = now;
    const { embeddings } = state.intent;
    const axes = axisNames(picture, embeddings.method === 'pca' && embeddings.axis !== null);
    const data = {
      key: facts,
      points: pointsOf(facts, picture),
      axes,
      corner: t('no axes: only neighbourhoods count'),
      locked,
      chosen,
    };
    const options = {
      width,
      height: width > 420 ? heights.wide : heights.narrow,
      theme,
      label: t(
        '{0}, {1}: {2} points. Arrows go from point to point, Enter locks, Space chooses several.',
        pictureTitle(facts),
        layerName(picture.layer),
        picture.x.length,
      ),
      durationMs: still?.matches ? 0 : movementMs,
      onPreview,
      onLock: actions.lock,
      onChoose: actions.choose,
    };
    if (chart) chart.update(data, options);
    else chart = embeddingScatter(holder, data, options);
  }

  function onPreview(index: number | null, anchor: Element | null, byKeyboard: boolean): void {
    if (!now || index === null || !anchor) {
      context.card(null);
      return;
    }
    const { facts } = now;
    if (byKeyboard) context.announce(pointLine(facts, index));
    context.card(anchor, ...cardOf(now, index));
  }

  function updateChoice({ facts, chosen, state }: EmbeddingScene): void {
    const { marks } = state.intent.embeddings;
    const several = facts.data.texts.length > 1 && facts.data.plan.source !== 'prompt';
    choice.hidden = chosen.length === 0 && marks.length === 0;
    fill(choice);
    if (choice.hidden) return;
    const setMarks = (next: typeof marks) =>
      context.setIntent({ embeddings: { ...context.state().intent.embeddings, marks: next } });
    const group = () => {
      const sources = new Set(chosen.map((index) => facts.points[index].source));
      const name = nextGroupName(marks);
      setMarks([
        ...marks.filter(({ text }) => !sources.has(text)),
        ...[...sources].map((text) => ({ text, group: name })),
      ]);
      actions.choose([], false);
    };
    fill(
      choice,
      chosen.length > 0 &&
        el('span', {}, chosen.length === 1 ? t('1 point chosen') : t('{0} points chosen', chosen.length)),
      chosen.length > 0 && several && button({ label: t('Make Them a Group'), onClick: group }),
      chosen.length > 0 && linkButton(t('Give Up the Choice'), () => actions.choose([], false)),
      marks.length > 0 && linkButton(t('Remove Own Groups'), () => setMarks([])),
    );
  }

  return {
    element,
    update(scene) {
      now = scene;
      const { facts, picture, layer, exact, failed, theme, state } = scene;
      const waiting = exact
        ? ''
        : failed
          ? t('block {0} could not be drawn', layer)
          : t('block {0} is on its way', layer);
      fill(
        title,
        pictureTitle(facts),
        el('small', {}, layerName(picture.layer)),
        waiting !== '' && el('small', { role: 'status' }, waiting),
      );
      updateChoice(scene);
      fill(legend, ...legendOf(facts, theme));
      legend.hidden = legend.childElementCount === 0;
      const sentences = [
        fallbackSentence(picture, state.intent.embeddings.method),
        sameSentence(facts, picture),
        basisSentence(picture, state.intent.embeddings),
        tableWords(facts.data.plan.reading),
        leftOutSentence(facts),
        cutSentence(facts),
        controlSentence(facts),
      ];
      fill(notes, ...sentences.filter((text) => text !== '').map((text) => el('p', { class: 's m' }, text)));
      redraw();
    },
    drawing: () => chart?.drawing() ?? null,
    destroy() {
      unwatch();
      chart?.destroy();
    },
  };
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
    beside && item(t('small: the words around')),
  ];
}
