/** The same points at some layers side by side in small pictures, one of which is the one shown large. */
import { fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { type DrawnChart, mountChart, placeIn, sizeSvg, within } from '../chart';
import { groupStyle } from './groupMark';
import { planeScale } from './layout';

export interface StripPicture {
  layer: number;
  x: readonly number[];
  y: readonly number[];
}

export interface StripData {
  pictures: readonly StripPicture[];
  /** For each point: its group, and whether it is shown only for comparison. */
  groups: readonly number[];
  beside: readonly boolean[];
  layer: number;
}

export interface StripOptions {
  width: number;
  theme: Theme;
  label: string;
  onLayer: (layer: number) => void;
}

export type StripChart = DrawnChart<StripData, StripOptions>;

const height = 60;
const gap = 8;

/** The index of the picture whose layer is nearest to the one shown. */
function nearest({ pictures, layer }: StripData): number {
  const distance = (index: number) => Math.abs(pictures[index].layer - layer);
  return pictures.reduce((best, _, index) => (distance(index) < distance(best) ? index : best), 0);
}

/** px from the left edge of a picture to that of the next. */
function pitch({ pictures }: StripData, { width }: StripOptions): number {
  return Math.floor((width + gap) / pictures.length);
}

/** Arrows and clicks change the layer shown; there is no other cursor. */
export function embeddingStrip(container: HTMLElement, first: StripData, firstOptions: StripOptions): StripChart {
  const root = svgEl('svg', { class: 'embed-strip', 'font-size': 11 });
  const go = ({ pictures }: StripData, { onLayer }: StripOptions, index: number) => {
    onLayer(pictures[within(index, pictures.length)]?.layer ?? 0);
    return null;
  };
  const chart = mountChart<StripData, StripOptions, number>(container, first, firstOptions, {
    root,
    draw({ data, options }) {
      sizeSvg(root, options.width, height + 18);
      fill(root, ...data.pictures.flatMap((_, index) => pictureParts(data, options, index)));
    },
    under(event, { data, options }) {
      const at = Math.floor(placeIn(root, event)[0] / pitch(data, options));
      return data.pictures[at] ? at : null;
    },
    point() {},
    step: ({ data, options }, dx, dy) => go(data, options, nearest(data) + Math.sign(dx || -dy)),
    edge: ({ data, options }, end) => go(data, options, end * data.pictures.length),
    choose({ data, options }, index) {
      if (index !== null) go(data, options, index);
    },
  });
  return { ...chart, drawing: () => root };
}

function pictureParts(data: StripData, options: StripOptions, index: number): SVGElement[] {
  const { theme } = options;
  const { layer, x, y } = data.pictures[index];
  const size = pitch(data, options) - gap;
  const left = index * pitch(data, options) + 0.5;
  const shown = index === nearest(data);
  const scale = planeScale(x, y, { left, top: 0, width: size, height }, { x: 8, y: 8 });
  const spot = (i: number) => `translate(${scale.x(x[i]).toFixed(1)},${scale.y(y[i]).toFixed(1)})`;
  const order = x.map((_, i) => i).sort((a, b) => Number(data.beside[b]) - Number(data.beside[a]));
  return [
    svgEl('rect', {
      ...{ x: left, y: 0.5, width: size, height: height - 1, fill: theme.background },
      stroke: shown ? theme.focus : theme.rule,
      'stroke-width': shown ? 2 : 1,
    }),
    ...order.map((i) => {
      if (data.beside[i]) return svgEl('circle', { r: 1.25, fill: theme.faint, transform: spot(i) });
      const { path, colour } = groupStyle(theme, data.groups[i]);
      return svgEl('path', { d: path(x.length > 60 ? 8 : 20), fill: colour, transform: spot(i) });
    }),
    svgEl(
      'text',
      {
        ...{ x: left + size / 2, y: height + 14, 'text-anchor': 'middle' },
        style: { fill: shown ? theme.foreground : theme.muted },
      },
      layer,
    ),
  ];
}
