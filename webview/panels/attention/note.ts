/**
 * The note in the empty half of the matrix: the colour scale with its domain, gamma, the first token's share and how it is
 * treated. The slider stays in place while the rest is redrawn.
 */
import type { AttentionOverview, SinkMode } from '../../../src/analysis/attention/contract';
import { slider } from '../../base/controls';
import { type Child, el, fill, svgEl } from '../../base/dom';
import { fixed, probability } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { cellColours, headHues, headLetters, weave } from '../../charts/attention/matrixLayout';
import type { HeadRef } from '../../charts/attention/ranking';
import { strength } from '../../charts/attention/weights';
import { headName } from './choice';
import { sinkWords } from './words';

export interface NoteData {
  theme: Theme;
  sink: SinkMode;
  gamma: number;
  heads: readonly HeadRef[];
  several: boolean;
  largest: number;
  /** Tokens that a cell covers each way. */
  span: number;
  overview: AttentionOverview;
}

/** The colours in use from 0 to the largest weight, as CSS. */
function scaleCss(data: NoteData, head: number): string {
  const colour = cellColours(data.theme, data.several);
  const stops = Array.from({ length: 11 }, (_, step) => colour(strength(step / 10, 1, data.gamma), head));
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}

/** Hue, letter and weave of one head among several. */
function swatch(theme: Theme, head: number): SVGSVGElement {
  const open = Array.from({ length: 6 }, (_, tile) =>
    weave(head).map(([x, y]) => {
      const [left, top] = [(tile % 3) * 4 + x, Math.floor(tile / 3) * 4 + y];
      return svgEl('rect', { x: left, y: top, width: 1, height: 1, fill: theme.background });
    }),
  ).flat();
  return svgEl(
    'svg',
    { width: 12, height: 8, 'aria-hidden': 'true' },
    svgEl('rect', { width: 12, height: 8, fill: headHues(theme)[head] }),
    ...open,
  );
}

/** Mean weight of the chosen heads on the first token; null for a single token. */
function ownSink({ heads, overview }: NoteData): number | null {
  const masses = heads
    .map(
      (ref) => overview.summaries.find(({ layer, head }) => layer === ref.layer && head === ref.head)?.sinkMass ?? null,
    )
    .filter((mass) => mass !== null);
  return masses.length > 0 ? masses.reduce((a, b) => a + b, 0) / masses.length : null;
}

/** The first token's share and the state of the switch, in words; also shown under the export. */
export function sinkLines(data: NoteData): string[] {
  const own = ownSink(data);
  const { sinkMass } = data.overview;
  if (own === null || sinkMass === null) return [];
  const mine = data.several
    ? t('first token: {0} of the weight in these heads,', probability(own))
    : t('first token: {0} of the weight in this head,', probability(own));
  return [mine, t('{0} in all heads', probability(sinkMass))];
}

function lines(data: NoteData): Child[] {
  const top = fixed(data.largest);
  const scale = (head: number) => el('span', { class: 'ramp', style: { background: scaleCss(data, head) } });
  const scales = data.several
    ? data.heads.map((ref, head) =>
        el(
          'div',
          { class: 'it' },
          swatch(data.theme, head),
          el('span', { class: 'attention-letter' }, headLetters[head]),
          headName(ref),
          el('span', { class: 'mono' }, '0'),
          scale(head),
          el('span', { class: 'mono' }, top),
        ),
      )
    : [
        el(
          'div',
          { class: 'it' },
          t('weight'),
          el('span', { class: 'mono' }, '0'),
          scale(0),
          el('span', { class: 'mono' }, top),
        ),
      ];
  return scales;
}

export interface AttentionNote {
  element: HTMLElement;
  update(data: NoteData): void;
}

export function attentionNote(onGamma: (gamma: number) => void): AttentionNote {
  const scales = el('div', { class: 'attention-scales' });
  const gamma = slider({
    label: t('gamma'),
    min: 0.2,
    max: 1,
    step: 0.05,
    value: 0.5,
    format: (value) => fixed(value),
    onInput: onGamma,
  });
  const words = el('div', {});
  const element = el(
    'div',
    { class: 'attention-note legend' },
    scales,
    el('div', { class: 'attention-gamma' }, gamma.element),
    words,
  );
  return {
    element,
    update(data) {
      scales.classList.toggle('several', data.several);
      fill(scales, ...lines(data));
      gamma.set(data.gamma);
      const pooledWords = t('one cell = {0} × {0} tokens, of which it shows the strongest weight', data.span);
      fill(
        words,
        ...sinkLines(data).map((line) => el('div', {}, line)),
        data.overview.sinkMass !== null && el('div', { class: 'attention-state' }, sinkWords(data.sink)),
        data.span > 1 && el('div', {}, pooledWords),
      );
    },
  };
}
