/** Similarity in the full space, where nothing is lost to projection: every pair of a few points, and groups over the layers. */
import type { EmbeddedLayer } from '../../../src/analysis/embeddings/contract';
import { el, fill } from '../../base/dom';
import { grouped } from '../../base/format';
import { remembered } from '../../base/remembered';
import { inClauses, inProse, t } from '../../base/strings';
import { rampCss } from '../../base/theme';
import type { ViewContext } from '../../base/view';
import {
  cosineColour,
  cosineText,
  cosineTriangle,
  mostNumbers,
  type TriangleData,
  type TriangleOptions,
} from '../../charts/embeddings/cosineTriangle';
import { type LayerCurvesData, type LayerCurvesOptions, layerCurves } from '../../charts/embeddings/layerCurves';
import type { DrawingPart } from '../../charts/shared/svgDocument';
import type { Section } from '../section';
import { heldChart } from '../sized';
import { byGroup, type EmbeddingFacts, rampStart } from './facts';
import type { EmbeddingActions, EmbeddingScene } from './scene';

/** A section whose picture belongs to the tab's export. */
interface DrawnSection extends Section<EmbeddingScene> {
  drawing(): DrawingPart;
}

export class CompareSection implements Section<EmbeddingScene> {
  readonly element: HTMLElement;
  private readonly parts: readonly DrawnSection[];

  constructor(context: ViewContext, actions: EmbeddingActions) {
    this.parts = [
      new PairsSection(context, actions),
      new CurveSection(context, actions, 'cosine'),
      new CurveSection(context, actions, 'neighbours'),
    ];
    this.element = el('div', {}, ...this.parts.map(({ element }) => element));
  }

  update(scene: EmbeddingScene): void {
    for (const part of this.parts) part.update(scene);
  }

  drawings(): DrawingPart[] {
    return this.parts.map((part) => part.drawing());
  }

  destroy(): void {
    for (const part of this.parts) part.destroy();
  }
}

class PairsSection implements DrawnSection {
  private readonly title = el('h2');
  private readonly holder = el('div', { class: 'embed-holder' });
  private readonly legend = el('div', { class: 'legend' });
  private readonly summary = el('p', { class: 's m' });
  readonly element = el('section', { class: 'sec' }, this.title, this.holder, this.legend, this.summary);
  private readonly held;
  private readonly orderOf = remembered((facts: EmbeddingFacts) => byGroup(facts));
  // Cells with numbers keep their shade when the block changes. Cells without numbers need the whole ramp, whose ends are
  // labelled beside it.
  private readonly startOver = remembered((pictures: readonly EmbeddedLayer[]) =>
    rampStart(pictures.flatMap(({ cosine }) => cosine?.flat() ?? [])),
  );

  constructor(
    private readonly context: ViewContext,
    private readonly actions: EmbeddingActions,
  ) {
    this.held = heldChart(context, this.holder, cosineTriangle, (scene: EmbeddingScene, width) =>
      this.inputs(scene, width),
    );
  }

  update(scene: EmbeddingScene): void {
    const { facts, picture, state } = scene;
    const { cosine, separation } = picture;
    this.element.hidden = facts.compared < 2;
    this.holder.hidden = this.legend.hidden = cosine === null;
    this.summary.hidden = cosine !== null;
    this.summary.textContent = separation
      ? t(
          'More than 60 points: pairs of the same group {0} on average, across groups {1}.',
          cosineText(separation.within),
          cosineText(separation.across),
        )
      : t('More than 60 points: choose one to see the points nearest to it.');
    const numbers = t('in all {0} numbers', grouped(state.model?.width ?? 0));
    fill(this.title, t('Cosine of every pair'), el('small', {}, numbers));
    if (cosine === null) return;
    fill(this.legend, this.ramp(scene));
    this.held.update(scene);
  }

  drawing(): DrawingPart {
    const hidden = this.element.hidden || this.holder.hidden;
    return { title: t('Cosine of every pair'), drawing: hidden ? null : (this.held.chart()?.drawing() ?? null) };
  }

  destroy(): void {
    this.held.stop();
  }

  /** The cosine at which the ramp begins. */
  private startOf({ facts, pictures, picture }: EmbeddingScene): number {
    return facts.compared <= mostNumbers ? this.startOver(pictures) : rampStart(picture.cosine?.flat() ?? []);
  }

  private ramp(scene: EmbeddingScene): HTMLElement {
    const least = this.startOf(scene);
    const numbers = scene.facts.compared <= mostNumbers;
    const stops = [0, 0.25, 0.5, 0.75, 1].map((share) =>
      cosineColour(scene.theme, least + share * (1 - least), least, numbers),
    );
    return el(
      'span',
      { class: 'it' },
      t('cosine'),
      el('span', { class: 'mono' }, cosineText(least).replace(/0+$/, '') || '0'),
      el('span', { class: 'ramp', style: { background: rampCss(stops) } }),
      el('span', { class: 'mono' }, '1'),
    );
  }

  private inputs(scene: EmbeddingScene, width: number): [TriangleData, TriangleOptions] | null {
    const { facts, picture, theme, locked, chosen } = scene;
    const { cosine } = picture;
    if (!cosine) return null;
    const order = this.orderOf(facts);
    const pair = ([row, column]: [number, number]) =>
      t(
        '{0}: {1}',
        `${facts.names[order[row]]} · ${facts.names[order[column]]}`,
        cosineText(cosine[order[row]][order[column]]),
      );
    const data = {
      cosine: order.map((a) => order.map((b) => cosine[a][b])),
      names: order.map((index) => facts.names[index]),
      groups: order.map((index) => facts.groupOf[index]),
      least: this.startOf(scene),
      locked: [...locked, ...chosen].map((index) => order.indexOf(index)).filter((row) => row >= 0),
    };
    const onPreview: TriangleOptions['onPreview'] = (at, anchor, byKeyboard) => {
      if (!at || !anchor) return this.context.card(null);
      if (byKeyboard) this.context.announce(pair(at));
      this.context.card(anchor, el('b', { class: 'mono' }, pair(at)));
    };
    const label = t('Cosine of every pair of {0} points', facts.compared);
    return [data, { width, theme, label, onPreview, onLock: (row) => this.actions.lock(order[row]) }];
  }
}

class CurveSection implements DrawnSection {
  private readonly title = el('h2');
  private readonly holder = el('div', { class: 'embed-holder' });
  private readonly sentence = el('p', { class: 's m' });
  readonly element = el('section', { class: 'sec' }, this.title, this.holder, this.sentence);
  private readonly held;
  private readonly curvesOf = remembered((pictures: readonly EmbeddedLayer[]) =>
    this.kind === 'cosine' ? cosineCurves(pictures) : neighbourCurve(pictures),
  );

  constructor(
    context: ViewContext,
    private readonly actions: EmbeddingActions,
    private readonly kind: 'cosine' | 'neighbours',
  ) {
    this.held = heldChart(context, this.holder, layerCurves, (scene: EmbeddingScene, width) =>
      this.inputs(scene, width),
    );
  }

  update(scene: EmbeddingScene): void {
    const { separation } = scene.picture;
    const cosine = this.kind === 'cosine';
    // With fewer points than this, a share of neighbours is all or nothing.
    const enough = cosine || scene.facts.compared >= leastForShare;
    this.element.hidden = !separation || !enough;
    if (!separation) return;
    fill(this.title, titleOf(this.kind), el('small', {}, cosine ? t('mean cosine') : t('share, all dimensions')));
    this.sentence.textContent = cosine ? '' : shareSentence(separation);
    this.held.update(scene);
  }

  drawing(): DrawingPart {
    const drawing = this.element.hidden ? null : (this.held.chart()?.drawing() ?? null);
    return { title: titleOf(this.kind), drawing };
  }

  destroy(): void {
    this.held.stop();
  }

  private inputs(scene: EmbeddingScene, width: number): [LayerCurvesData, LayerCurvesOptions] {
    const { facts, layer, theme, pictures } = scene;
    const data: LayerCurvesData = {
      ...this.curvesOf(pictures),
      blocks: facts.blocks,
      layer,
      caption: t('after block'),
      text: this.kind === 'cosine' ? cosineText : (value) => value.toFixed(2).replace(/^0/, ''),
    };
    const here = data.curves.map(({ name, values }) => {
      const value = values.find((each) => each.layer === layer)?.value;
      return `${name} ${value?.toFixed(3) ?? '–'}`;
    });
    const label = t('{0}: {1}', titleOf(this.kind), inClauses(here));
    return [data, { width, theme, label, onLayer: this.actions.layer }];
  }
}

const leastForShare = 8;

function titleOf(kind: 'cosine' | 'neighbours'): string {
  return kind === 'cosine' ? t('Same group against across groups') : t('Nearest neighbours from the same group');
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
  return inside ? inProse([numbers, t('That is no more than chance.')]) : numbers;
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
