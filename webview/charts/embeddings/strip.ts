/** The same points at some layers side by side in small pictures, one of which is the one shown large. */
import { chartTabStop } from '../../base/a11y';
import { fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
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

export interface StripChart {
  update(data: StripData, options: StripOptions): void;
  destroy(): void;
  drawing(): SVGSVGElement;
}

const height = 60;
const gap = 8;

export function embeddingStrip(container: HTMLElement, first: StripData, firstOptions: StripOptions): StripChart {
  let data = first;
  let options = firstOptions;
  const root = svgEl('svg', { class: 'embed-strip', 'font-size': 11 });
  container.append(root);
  const layers = () => data.pictures.map(({ layer }) => layer);
  const nearest = () => layers().reduce((best, each) => (distance(each) < distance(best) ? each : best), layers()[0]);
  const distance = (layer: number) => Math.abs(layer - data.layer);
  const step = () => Math.floor((options.width + gap) / data.pictures.length);

  root.addEventListener('click', (event) => {
    const at = Math.floor((event.clientX - root.getBoundingClientRect().left) / step());
    const picture = data.pictures[at];
    if (picture) options.onLayer(picture.layer);
  });
  const release = chartTabStop(root, {
    label: options.label,
    onMove(dx, dy) {
      const all = layers();
      const at = all.indexOf(nearest()) + Math.sign(dx || -dy);
      options.onLayer(all[Math.max(0, Math.min(all.length - 1, at))]);
    },
    onEdge: (end) => options.onLayer(end < 0 ? layers()[0] : (layers().at(-1) ?? 0)),
  });

  const draw = () => {
    const { theme, width, label } = options;
    root.setAttribute('width', String(width));
    root.setAttribute('height', String(height + 18));
    root.setAttribute('aria-label', label);
    const size = step() - gap;
    const on = nearest();
    fill(
      root,
      ...data.pictures.flatMap((picture, index) => {
        const left = index * step() + 0.5;
        const shown = picture.layer === on;
        const scale = planeScale(picture.x, picture.y, { left, top: 0, width: size, height }, { x: 8, y: 8 });
        const spot = (i: number) =>
          `translate(${scale.x(picture.x[i]).toFixed(1)},${scale.y(picture.y[i]).toFixed(1)})`;
        const order = picture.x.map((_, i) => i).sort((a, b) => Number(data.beside[b]) - Number(data.beside[a]));
        return [
          svgEl('rect', {
            ...{ x: left, y: 0.5, width: size, height: height - 1, fill: theme.background },
            stroke: shown ? theme.focus : theme.rule,
            'stroke-width': shown ? 2 : 1,
          }),
          ...order.map((i) =>
            data.beside[i]
              ? svgEl('circle', { r: 1.25, fill: theme.faint, transform: spot(i) })
              : svgEl('path', {
                  d: groupStyle(theme, data.groups[i]).path(picture.x.length > 60 ? 8 : 20),
                  fill: groupStyle(theme, data.groups[i]).colour,
                  transform: spot(i),
                }),
          ),
          svgEl(
            'text',
            {
              ...{ x: left + size / 2, y: height + 14, 'text-anchor': 'middle' },
              style: { fill: shown ? theme.foreground : theme.muted },
            },
            picture.layer,
          ),
        ];
      }),
    );
  };
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
