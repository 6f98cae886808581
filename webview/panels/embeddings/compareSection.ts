/** Similarity in the full space, where nothing is lost to projection: every pair of a few points, and groups over the layers. */
import type { EmbeddedLayer } from '../../../src/analysis/embeddings/contract';
import { el, fill } from '../../base/dom';
import { grouped } from '../../base/format';
import { remembered } from '../../base/remembered';
import { t } from '../../base/strings';
import { rampCss } from '../../base/theme';
import type { ViewContext } from '../../base/view';
import {
  cosineColour,
  cosineText,
  cosineTriangle,
  mostNumbers,
  type TriangleChart,
} from '../../charts/embeddings/cosineTriangle';
import { type LayerCurvesChart, type LayerCurvesData, layerCurves } from '../../charts/embeddings/layerCurves';
import { byGroup, type EmbeddingFacts, rampStart } from './facts';
import type { EmbeddingActions, EmbeddingScene } from './scene';

export interface CompareSection {
  element: HTMLElement;
  update(scene: EmbeddingScene): void;
  drawings(): { title: string; drawing: SVGSVGElement | null }[];
  destroy(): void;
}

export function compareSection(context: ViewContext, actions: EmbeddingActions): CompareSection {
  const parts = [
    pairsPart(context, actions),
    ...(['cosine', 'neighbours'] as const).map((kind) => curvePart(context, actions, kind)),
  ];
  return {
    element: el('div', {}, ...parts.map(({ element }) => element)),
    update(scene) {
      for (const part of parts) part.update(scene);
    },
    drawings: () => parts.map(({ drawing }) => drawing()),
    destroy() {
      for (const part of parts) part.destroy();
    },
  };
}

interface Part {
  element: HTMLElement;
  update(scene: EmbeddingScene): void;
  drawing(): { title: string; drawing: SVGSVGElement | null };
  destroy(): void;
}

function pairsPart(context: ViewContext, actions: EmbeddingActions): Part {
  const title = el('h2');
  const holder = el('div', { class: 'embed-holder' });
  const legend = el('div', { class: 'legend' });
  const summary = el('p', { class: 's m' });
  const element = el('section', { class: 'sec' }, title, holder, legend, summary);
  let chart: TriangleChart | null = null;
  let now: EmbeddingScene | null = null;
  let width = 0;
  const unwatch = context.onWidth(holder, (next) => {
    width = next;
    redraw();
  });
  const orderOf = remembered((facts: EmbeddingFacts) => byGroup(facts));
  // Cells with numbers keep their shade when the block changes. Cells without numbers need the whole ramp, whose ends are
  // labelled beside it.
  const startOver = remembered((pictures: readonly EmbeddedLayer[]) =>
    rampStart(pictures.flatMap(({ cosine }) => cosine?.flat() ?? [])),
  );
  const startOf = ({ facts, pictures, picture }: EmbeddingScene) =>
    facts.compared <= mostNumbers ? startOver(pictures) : rampStart(picture.cosine?.flat() ?? []);

  function redraw(): void {
    if (!now || width === 0) return;
    const { facts, picture, theme, locked, chosen } = now;
    const { cosine } = picture;
    if (!cosine) return;
    const order = orderOf(facts);
    const pair = ([row, column]: [number, number]) =>
      `${facts.names[order[row]]} · ${facts.names[order[column]]}: ${cosineText(cosine[order[row]][order[column]])}`;
    const data = {
      cosine: order.map((a) => order.map((b) => cosine[a][b])),
      names: order.map((index) => facts.names[index]),
      groups: order.map((index) => facts.groupOf[index]),
      least: startOf(now),
      locked: [...locked, ...chosen].map((index) => order.indexOf(index)).filter((row) => row >= 0),
    };
    const options = {
      width,
      theme,
      label: t('Cosine of every pair of {0} points', facts.compared),
      onPreview(at: [number, number] | null, anchor: Element | null, byKeyboard: boolean) {
        if (!at || !anchor) return context.card(null);
        if (byKeyboard) context.announce(pair(at));
        context.card(anchor, el('b', { class: 'mono' }, pair(at)));
      },
      onLock: (row: number) => actions.lock(order[row]),
    };
    if (chart) chart.update(data, options);
    else chart = cosineTriangle(holder, data, options);
  }

  return {
    element,
    update(scene) {
      now = scene;
      const { facts, picture, state, theme } = scene;
      const { cosine } = picture;
      element.hidden = facts.compared < 2;
      holder.hidden = legend.hidden = cosine === null;
      summary.hidden = cosine !== null;
      const { separation } = picture;
      summary.textContent = separation
        ? t(
            'More than 60 points: pairs of the same group {0} on average, across groups {1}.',
            cosineText(separation.within),
            cosineText(separation.across),
          )
        : t('More than 60 points: choose one to see its nearest.');
      fill(
        title,
        t('Cosine of every pair'),
        el('small', {}, t('in all {0} numbers', grouped(state.model?.width ?? 0))),
      );
      if (cosine === null) return;
      const least = startOf(scene);
      const numbers = facts.compared <= mostNumbers;
      const stops = [0, 0.25, 0.5, 0.75, 1].map((share) =>
        cosineColour(theme, least + share * (1 - least), least, numbers),
      );
      fill(
        legend,
        el(
          'span',
          { class: 'it' },
          t('cosine'),
          el('span', { class: 'mono' }, cosineText(least).replace(/0+$/, '') || '0'),
          el('span', { class: 'ramp', style: { background: rampCss(stops) } }),
          el('span', { class: 'mono' }, '1'),
        ),
      );
      redraw();
    },
    drawing: () => ({
      title: t('Cosine of every pair'),
      drawing: element.hidden || holder.hidden ? null : (chart?.drawing() ?? null),
    }),
    destroy() {
      unwatch();
      chart?.destroy();
    },
  };
}

function curvePart(context: ViewContext, actions: EmbeddingActions, kind: 'cosine' | 'neighbours'): Part {
  const title = el('h2');
  const holder = el('div', { class: 'embed-holder' });
  const sentence = el('p', { class: 's m' });
  const element = el('section', { class: 'sec' }, title, holder, sentence);
  let chart: LayerCurvesChart | null = null;
  let now: EmbeddingScene | null = null;
  let width = 0;
  const unwatch = context.onWidth(holder, (next) => {
    width = next;
    redraw();
  });
  const curvesOf = remembered((pictures: readonly EmbeddedLayer[]) =>
    kind === 'cosine' ? cosineCurves(pictures) : neighbourCurve(pictures),
  );

  function redraw(): void {
    if (!now || width === 0) return;
    const { facts, layer, theme, pictures } = now;
    const data: LayerCurvesData = {
      ...curvesOf(pictures),
      blocks: facts.blocks,
      layer,
      caption: t('after block'),
      text: kind === 'cosine' ? cosineText : (value) => value.toFixed(2).replace(/^0/, ''),
    };
    const label = `${titleOf(kind)}: ${data.curves.map(({ name, values }) => `${name} ${values.find((each) => each.layer === layer)?.value.toFixed(3) ?? '–'}`).join(', ')}`;
    const options = { width, theme, label, onLayer: actions.layer };
    if (chart) chart.update(data, options);
    else chart = layerCurves(holder, data, options);
  }

  return {
    element,
    update(scene) {
      now = scene;
      const { separation } = scene.picture;
      // With fewer points than this, a share of neighbours is all or nothing.
      const enough = kind === 'cosine' || scene.facts.compared >= leastForShare;
      element.hidden = !separation || !enough;
      if (!separation) return;
      fill(title, titleOf(kind), el('small', {}, kind === 'cosine' ? t('mean cosine') : t('share, full space')));
      sentence.textContent = kind === 'neighbours' ? shareSentence(separation) : '';
      redraw();
    },
    drawing: () => ({ title: titleOf(kind), drawing: element.hidden ? null : (chart?.drawing() ?? null) }),
    destroy() {
      unwatch();
      chart?.destroy();
    },
  };
}

const leastForShare = 8;

function titleOf(kind: 'cosine' | 'neighbours'): string {
  return kind === 'cosine' ? t('Same group against across groups') : t('Nearest neighbours of the own group');
}

function shareSentence({ neighbours, chance, chanceSpread }: NonNullable<EmbeddedLayer['separation']>): string {
  const share = (value: number) => value.toFixed(2).replace(/^0/, '');
  const inside = Math.abs(neighbours - chance) <= 2 * chanceSpread;
  const numbers = t(
    '{0} here; shuffled groups give {1} ± {2}.',
    share(neighbours),
    share(chance),
    share(2 * chanceSpread),
  );
  return inside ? `${numbers} ${t('That is no more than chance.')}` : numbers;
}

type Curves = Pick<LayerCurvesData, 'curves' | 'band' | 'least' | 'most'>;

function cosineCurves(pictures: readonly EmbeddedLayer[]): Curves {
  const values = (pick: 'within' | 'across') =>
    pictures.flatMap(({ layer, separation }) => (separation ? [{ layer, value: separation[pick] }] : []));
  const [within, across] = [values('within'), values('across')];
  return {
    curves: [
      { name: t('same group'), dash: null, values: within },
      { name: t('across groups'), dash: '5 3', values: across },
    ],
    band: null,
    least: rampStart([...within, ...across].map(({ value }) => value)),
    most: 1,
  };
}

function neighbourCurve(pictures: readonly EmbeddedLayer[]): Curves {
  const known = pictures.flatMap(({ layer, separation }) => (separation ? [{ layer, ...separation }] : []));
  return {
    curves: [
      {
        name: t('own group'),
        dash: null,
        values: known.map(({ layer, neighbours }) => ({ layer, value: neighbours })),
      },
    ],
    band: {
      name: t('by chance'),
      values: known.map(({ layer, chance, chanceSpread: spread }) => ({
        layer,
        low: chance - 2 * spread,
        high: chance + 2 * spread,
      })),
    },
    least: 0,
    most: 1,
  };
}
