/** Lines over the layers with a cursor at the layer shown and a band behind them for the range of chance. */
import { area, scaleLinear } from 'd3';
import { chartTabStop } from '../../base/a11y';
import { fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
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

export interface LayerCurvesChart {
  update(data: LayerCurvesData, options: LayerCurvesOptions): void;
  destroy(): void;
  drawing(): SVGSVGElement;
}

const plot = { left: 30, top: 8, bottom: 128, right: 104 };

export function layerCurves(
  container: HTMLElement,
  first: LayerCurvesData,
  firstOptions: LayerCurvesOptions,
): LayerCurvesChart {
  let data = first;
  let options = firstOptions;
  const root = svgEl('svg', { class: 'embed-curves', 'font-size': 11 });
  container.append(root);
  const right = () => options.width - plot.right;
  const xScale = () => scaleLinear([0, Math.max(1, data.blocks)], [plot.left, right()]);
  const within = (layer: number) => Math.max(0, Math.min(data.blocks, Math.round(layer)));
  root.addEventListener('click', (event) => {
    const x = event.clientX - root.getBoundingClientRect().left;
    if (x > plot.left - 8 && x < right() + 8) options.onLayer(within(xScale().invert(x)));
  });
  const release = chartTabStop(root, {
    label: options.label,
    onMove: (dx, dy) => options.onLayer(within(data.layer + (dx || -dy))),
    onEdge: (end) => options.onLayer(end < 0 ? 0 : data.blocks),
  });

  const draw = () => {
    const { theme, width, label } = options;
    root.setAttribute('width', String(width));
    root.setAttribute('height', String(plot.bottom + 34));
    root.setAttribute('aria-label', label);
    const x = xScale();
    const y = scaleLinear([data.least, data.most], [plot.bottom, plot.top]);
    const muted = { style: { fill: theme.muted } };
    const grid = y
      .ticks(5)
      .flatMap((value) => [
        svgEl('line', { x1: plot.left, x2: right(), y1: y(value), y2: y(value), stroke: theme.track }),
        svgEl('text', { x: plot.left - 6, y: y(value) + 4, 'text-anchor': 'end', ...muted }, tickText(value)),
      ]);
    const layers = x
      .ticks(Math.min(4, data.blocks))
      .map((value) =>
        svgEl('text', { x: x(value), y: plot.bottom + 16, 'text-anchor': 'middle', ...muted }, Math.round(value)),
      );
    const middle = (plot.left + right()) / 2;
    const caption = svgEl('text', { x: middle, y: plot.bottom + 30, 'text-anchor': 'middle', ...muted }, data.caption);
    const cursor = svgEl('line', {
      x1: x(data.layer),
      x2: x(data.layer),
      y1: plot.top,
      y2: plot.bottom,
      stroke: theme.focus,
    });
    fill(root, ...grid, ...layers, caption, bandShape(x, y), cursor, ...lines(x, y), ...endNames(y));
  };

  function bandShape(x: (v: number) => number, y: (v: number) => number): SVGElement | null {
    if (!data.band) return null;
    const shape = area<{ layer: number; low: number; high: number }>()
      .x(({ layer }) => x(layer))
      .y0(({ low }) => y(Math.max(data.least, low)))
      .y1(({ high }) => y(Math.min(data.most, high)))
      .digits(1);
    return svgEl('path', { d: shape([...data.band.values]) ?? '', fill: options.theme.band });
  }

  function lines(x: (v: number) => number, y: (v: number) => number): SVGElement[] {
    const { theme } = options;
    const here = data.curves.map(({ values }) => values.find(({ layer }) => layer === data.layer)?.value ?? null);
    return data.curves.flatMap(({ dash, values }, index) => {
      const path = svgEl('path', {
        d: linePath(values.map(({ layer, value }) => [x(layer), y(value)])),
        ...{ fill: 'none', stroke: theme.foreground, 'stroke-width': 1.5, 'stroke-dasharray': dash },
      });
      const value = here[index];
      if (value === null) return [path];
      const dot = { cx: x(data.layer), cy: y(value), r: 3, fill: theme.background, stroke: theme.foreground };
      // The name of the higher of two values stands above its line.
      const above = here.every((other) => other === null || other <= value);
      const beyond = x(data.layer) > right() - 36;
      const place = { x: x(data.layer) + (beyond ? -6 : 6), y: y(value) + (above ? -7 : 14) };
      return [
        path,
        svgEl('circle', { ...dot, 'stroke-width': 1.5 }),
        svgEl('text', { ...place, 'text-anchor': beyond ? 'end' : null, ...halo(theme) }, data.text(value)),
      ];
    });
  }

  /** Names beside the ends of the lines, moved apart from each other. */
  function endNames(y: (v: number) => number): SVGElement[] {
    const ends = data.curves.map(({ name, values }) => ({ name, y: y(values.at(-1)?.value ?? data.least) }));
    const last = data.band?.values.at(-1);
    if (data.band && last) ends.push({ name: data.band.name, y: y((Math.max(data.least, last.low) + last.high) / 2) });
    ends.sort((a, b) => a.y - b.y);
    ends.forEach((end, i) => {
      if (i > 0) end.y = Math.max(end.y, ends[i - 1].y + 14);
    });
    return ends.map((end) =>
      svgEl('text', { x: right() + 8, y: end.y + 4, style: { fill: options.theme.foreground } }, end.name),
    );
  }

  draw();
  return {
    update(next, nextOptions) {
      data = next;
      options = nextOptions;
      draw();
    },
    destroy() {
      release();
      root.remove();
    },
    drawing: () => root,
  };
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
