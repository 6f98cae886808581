/** Lines over the layers with a cursor at the layer shown and a band behind them for the range of chance. */
import { area, type ScaleLinear, scaleLinear } from 'd3';
import { fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { type DrawnChart, mountChart, placeIn, sizeSvg, within } from '../chart';
import { linePath } from '../lens/lines';

export interface LayerCurve {
  name: string;
  /** The dash distinguishes the lines instead of a hue: the first is solid, the second dashed. */
  dash: string | null;
  values: readonly { layer: number; value: number }[];
}

export interface LayerCurvesData {
  curves: readonly LayerCurve[];
  band: { name: string; values: readonly { layer: number; low: number; high: number }[] } | null;
  /** Ends of the vertical axis. */
  least: number;
  most: number;
  blocks: number;
  layer: number;
  /** Caption under the axis. */
  caption: string;
  text: (value: number) => string;
}

export interface LayerCurvesOptions {
  width: number;
  theme: Theme;
  label: string;
  onLayer: (layer: number) => void;
}

export type LayerCurvesChart = DrawnChart<LayerCurvesData, LayerCurvesOptions>;

const plot = { left: 30, top: 8, bottom: 128, right: 104 };

interface Scales {
  x: ScaleLinear<number, number>;
  y: ScaleLinear<number, number>;
  /** The right end of the axis. */
  right: number;
}

function scalesOf({ blocks, least, most }: LayerCurvesData, { width }: LayerCurvesOptions): Scales {
  const right = width - plot.right;
  const x = scaleLinear([0, Math.max(1, blocks)], [plot.left, right]);
  return { x, y: scaleLinear([least, most], [plot.bottom, plot.top]), right };
}

/** Arrows and clicks change the layer shown; there is no other cursor. */
export function layerCurves(
  container: HTMLElement,
  first: LayerCurvesData,
  firstOptions: LayerCurvesOptions,
): LayerCurvesChart {
  const root = svgEl('svg', { class: 'embed-curves', 'font-size': 11 });
  const chart = mountChart<LayerCurvesData, LayerCurvesOptions, number>(container, first, firstOptions, {
    root,
    draw({ data, options }) {
      const scales = scalesOf(data, options);
      const { x, y, right } = scales;
      const { theme, width } = options;
      sizeSvg(root, width, plot.bottom + 34);
      const cursor = { x1: x(data.layer), x2: x(data.layer), y1: plot.top, y2: plot.bottom, stroke: theme.focus };
      fill(
        root,
        ...axes(data, theme, scales),
        bandShape(data, theme, scales),
        svgEl('line', cursor),
        ...lines(data, theme, scales),
        ...endNames(data, theme, y, right),
      );
    },
    under(event, { data, options }) {
      const { x: scale, right } = scalesOf(data, options);
      const [x] = placeIn(root, event);
      return x > plot.left - 8 && x < right + 8 ? within(Math.round(scale.invert(x)), data.blocks + 1) : null;
    },
    point() {},
    step({ data, options }, dx, dy) {
      options.onLayer(within(data.layer + (dx || -dy), data.blocks + 1));
      return null;
    },
    edge({ data, options }, end) {
      options.onLayer(end < 0 ? 0 : data.blocks);
      return null;
    },
    choose({ options }, layer) {
      if (layer !== null) options.onLayer(layer);
    },
  });
  return { ...chart, drawing: () => root };
}

function axes({ blocks, caption }: LayerCurvesData, theme: Theme, { x, y, right }: Scales): SVGElement[] {
  const muted = { style: { fill: theme.muted } };
  const middle = { 'text-anchor': 'middle', ...muted };
  return [
    ...y
      .ticks(5)
      .flatMap((value) => [
        svgEl('line', { x1: plot.left, x2: right, y1: y(value), y2: y(value), stroke: theme.track }),
        svgEl('text', { x: plot.left - 6, y: y(value) + 4, 'text-anchor': 'end', ...muted }, tickText(value)),
      ]),
    ...x
      .ticks(Math.min(4, blocks))
      .map((value) => svgEl('text', { x: x(value), y: plot.bottom + 16, ...middle }, Math.round(value))),
    svgEl('text', { x: (plot.left + right) / 2, y: plot.bottom + 30, ...middle }, caption),
  ];
}

function bandShape({ band, least, most }: LayerCurvesData, theme: Theme, { x, y }: Scales): SVGElement | null {
  if (!band) return null;
  const shape = area<{ layer: number; low: number; high: number }>()
    .x(({ layer }) => x(layer))
    .y0(({ low }) => y(Math.max(least, low)))
    .y1(({ high }) => y(Math.min(most, high)))
    .digits(1);
  return svgEl('path', { d: shape([...band.values]) ?? '', fill: theme.band });
}

function lines(data: LayerCurvesData, theme: Theme, { x, y, right }: Scales): SVGElement[] {
  const here = data.curves.map(({ values }) => values.find(({ layer }) => layer === data.layer)?.value ?? null);
  const at = x(data.layer);
  return data.curves.flatMap(({ dash, values }, index) => {
    const path = svgEl('path', {
      d: linePath(values.map(({ layer, value }) => [x(layer), y(value)])),
      ...{ fill: 'none', stroke: theme.foreground, 'stroke-width': 1.5, 'stroke-dasharray': dash },
    });
    const value = here[index];
    if (value === null) return [path];
    const dot = { cx: at, cy: y(value), r: 3, fill: theme.background, stroke: theme.foreground };
    // The name of the higher of two values stands above its line.
    const above = here.every((other) => other === null || other <= value);
    const beyond = at > right - 36;
    const place = { x: at + (beyond ? -6 : 6), y: y(value) + (above ? -7 : 14) };
    return [
      path,
      svgEl('circle', { ...dot, 'stroke-width': 1.5 }),
      svgEl('text', { ...place, 'text-anchor': beyond ? 'end' : null, ...halo(theme) }, data.text(value)),
    ];
  });
}

/** Names beside the ends of the lines, moved apart from each other. */
function endNames(data: LayerCurvesData, theme: Theme, y: (v: number) => number, right: number): SVGElement[] {
  const ends = data.curves.map(({ name, values }) => ({ name, y: y(values.at(-1)?.value ?? data.least) }));
  const last = data.band?.values.at(-1);
  if (data.band && last) ends.push({ name: data.band.name, y: y((Math.max(data.least, last.low) + last.high) / 2) });
  ends.sort((a, b) => a.y - b.y);
  ends.forEach((end, i) => {
    if (i > 0) end.y = Math.max(end.y, ends[i - 1].y + 14);
  });
  return ends.map((end) => svgEl('text', { x: right + 8, y: end.y + 4, style: { fill: theme.foreground } }, end.name));
}

function halo(theme: Theme) {
  return {
    style: { fill: theme.foreground },
    ...{ stroke: theme.background, 'stroke-width': 3, 'paint-order': 'stroke' },
  };
}

function tickText(value: number): string {
  return String(Number(value.toFixed(2)))
    .replace('-', '\u2212')
    .replace(/^(\u2212?)0\./, '$1.');
}
