/**
 * Attention of the last position on each example's label word, block by block: one line per example with its own dash and marker,
 * beside the weight of an even spread. Pointer and arrows preview a point, click and Enter open its head.
 */
import { scaleLinear } from 'd3';
import { announce, chartTabStop } from '../../base/a11y';
import { el, fill, svgEl } from '../../base/dom';
import { probability } from '../../base/format';
import type { Theme } from '../../base/theme';
import { lineStyle, markerAt, styledLine } from '../lens/lines';

export interface ExampleLine {
  /** Index of the hue, dash and marker. */
  style: number;
  /** [L] weights. */
  weights: readonly number[];
}

export interface ExamplesChartData {
  lines: readonly ExampleLine[];
  /** Weight of an even spread over all tokens; null to leave it out. */
  even: number | null;
  evenWords: string;
  /** Upper end of the axis. */
  largest: number;
  /** The locked block; null for none. */
  layer: number | null;
}

export interface ExamplesChartOptions {
  /** Content width in CSS pixels. */
  width: number;
  theme: Theme;
  label: string;
  describe: (spot: ExampleSpot) => string;
  onPreview: (spot: ExampleSpot | null, anchor: Element | null) => void;
  onOpen: (spot: ExampleSpot) => void;
}

export interface ExampleSpot {
  /** Index into the lines. */
  line: number;
  layer: number;
}

export interface ExamplesChart {
  update(data: ExamplesChartData, options: ExamplesChartOptions): void;
  /** The drawing as it stands, without the cursor. */
  drawing(): SVGSVGElement;
  destroy(): void;
}

const height = 168;
const margin = { left: 32, right: 10, top: 10, bottom: 20 };
const markerStep = 5;

/** Draws into `container`; call `update` for anything that changes, `destroy` before the container goes. */
export function examplesChart(
  container: HTMLElement,
  first: ExamplesChartData,
  firstOptions: ExamplesChartOptions,
): ExamplesChart {
  let data = first;
  let options = firstOptions;
  let cursor: ExampleSpot | null = null;
  const drawing = svgEl('g');
  const over = svgEl('g', { 'pointer-events': 'none' });
  const svg = svgEl('svg', { 'aria-hidden': 'true' }, drawing, over);
  const root = el('div', { class: 'examples-chart' }, svg);
  container.append(root);

  const layers = () => data.lines[0]?.weights.length ?? 0;
  const scales = () => ({
    x: scaleLinear([0, Math.max(1, layers() - 1)], [margin.left + 6, options.width - margin.right]),
    y: scaleLinear([0, data.largest || 1], [height - margin.bottom, margin.top]),
  });

  const drawOver = () => {
    const { x, y } = scales();
    const spot = cursor && data.lines[cursor.line];
    if (!cursor || !spot) return fill(over);
    const at = x(cursor.layer);
    fill(
      over,
      svgEl('line', { x1: at, x2: at, y1: margin.top, y2: height - margin.bottom, stroke: options.theme.muted }),
      svgEl('circle', {
        cx: at,
        cy: y(spot.weights[cursor.layer]),
        r: 5,
        fill: 'none',
        stroke: options.theme.foreground,
        'stroke-width': 1.5,
      }),
    );
  };

  const preview = (spot: ExampleSpot | null, say: boolean) => {
    if (spot?.line === cursor?.line && spot?.layer === cursor?.layer) return;
    cursor = spot;
    drawOver();
    options.onPreview(spot, spot && over.lastElementChild);
    if (spot && say) announce(options.describe(spot));
  };
  /** The nearest point in the nearest block. */
  const under = (event: MouseEvent): ExampleSpot | null => {
    const area = svg.getBoundingClientRect();
    const { x, y } = scales();
    if (layers() === 0) return null;
    const layer = Math.max(0, Math.min(layers() - 1, Math.round(x.invert(event.clientX - area.left))));
    const distance = (line: number) => Math.abs(y(data.lines[line].weights[layer]) - (event.clientY - area.top));
    const nearest = data.lines.reduce((best, _, line) => (distance(line) < distance(best) ? line : best), 0);
    return { line: nearest, layer };
  };
  svg.addEventListener('pointermove', (event) => preview(under(event), false));
  svg.addEventListener('pointerleave', () => preview(null, false));
  svg.addEventListener('click', (event) => {
    const spot = under(event);
    if (spot) options.onOpen(spot);
  });
  root.addEventListener('blur', () => preview(null, false));
  const start = (): ExampleSpot => cursor ?? { line: 0, layer: data.layer ?? layers() - 1 };
  const release = chartTabStop(root, {
    label: options.label,
    onMove(dx, dy) {
      const at = start();
      const layer = Math.max(0, Math.min(layers() - 1, at.layer + dx));
      preview({ layer, line: Math.max(0, Math.min(data.lines.length - 1, at.line + Math.sign(dy))) }, true);
    },
    onActivate: () => options.onOpen(start()),
    onEdge: (end) => preview({ ...start(), layer: end < 0 ? 0 : layers() - 1 }, true),
  });

  const draw = () => {
    const { theme, width, label } = options;
    root.setAttribute('aria-label', label);
    svg.setAttribute('width', String(width));
    svg.setAttribute('height', String(height));
    if (cursor && (cursor.line >= data.lines.length || cursor.layer >= layers())) cursor = null;
    const { x, y } = scales();
    fill(drawing, ...axes(theme, width, x, y), ...evenLine(theme, width, y), ...lines(theme, x, y));
    drawOver();
  };

  type Scale = (value: number) => number;
  type Ticks = Scale & { ticks(count: number): number[] };
  const axes = (theme: Theme, width: number, x: Ticks, y: Ticks): SVGElement[] => {
    const last = layers() - 1;
    const rows = y.ticks(3).flatMap((value) => [
      svgEl('line', {
        x1: margin.left,
        x2: width - margin.right,
        y1: y(value),
        y2: y(value),
        stroke: value === 0 ? theme.faint : theme.track,
      }),
      svgEl(
        'text',
        { x: margin.left - 6, y: y(value), dy: '.34em', 'text-anchor': 'end', style: { fill: theme.muted } },
        probability(value),
      ),
    ]);
    const columns = Array.from({ length: layers() }, (_, layer) => layer)
      .filter((layer) => layer === last || (layer % 5 === 0 && last - layer >= 2))
      .map((layer) =>
        svgEl('text', { x: x(layer), y: height - 4, 'text-anchor': 'middle', style: { fill: theme.muted } }, layer),
      );
    const locked =
      data.layer === null
        ? []
        : [
            svgEl('line', {
              x1: x(data.layer),
              x2: x(data.layer),
              y1: margin.top,
              y2: height - margin.bottom,
              stroke: theme.focus,
              'stroke-width': 2,
            }),
          ];
    return [...rows, ...columns, ...locked];
  };
  const evenLine = (theme: Theme, width: number, y: Scale): SVGElement[] => {
    if (data.even === null || data.even > data.largest) return [];
    const at = y(data.even);
    return [
      svgEl('line', {
        x1: margin.left,
        x2: width - margin.right,
        y1: at,
        y2: at,
        stroke: theme.muted,
        'stroke-dasharray': '1 3',
        'stroke-linecap': 'round',
      }),
      svgEl(
        'text',
        {
          x: margin.left + 4,
          y: at - 4,
          'paint-order': 'stroke',
          stroke: theme.background,
          'stroke-width': 3,
          style: { fill: theme.muted },
        },
        data.evenWords,
      ),
    ];
  };
  const lines = (theme: Theme, x: Scale, y: Scale): SVGElement[] =>
    [...data.lines].reverse().flatMap(({ style: index, weights }) => {
      const style = lineStyle(theme, index);
      const points = weights.map((weight, layer): [number, number] => [x(layer), y(weight)]);
      const marked = points.filter((_, layer) => layer % markerStep === 0 || layer === points.length - 1);
      return [styledLine(style, points), ...marked.map(([px, py]) => markerAt(style, px, py, theme))];
    });
  draw();

  return {
    update(next, nextOptions) {
      data = next;
      options = nextOptions;
      draw();
    },
    drawing() {
      const copy = svg.cloneNode(true) as SVGSVGElement;
      copy.lastElementChild?.replaceChildren();
      return copy;
    },
    destroy() {
      release();
      root.remove();
    },
  };
}
