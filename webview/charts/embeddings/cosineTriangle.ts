/**
 * Cosine similarity of every pair of points, in the full space: a triangle with its numbers for a few points, cells alone for
 * more.
 */
import { lab } from 'd3';
import { chartTabStop } from '../../base/a11y';
import { fill, svgEl } from '../../base/dom';
import { fixed } from '../../base/format';
import type { Theme } from '../../base/theme';
import { groupMark } from './groupMark';
import { nameWidth } from './layout';

export interface TriangleData {
  /** [M][M], in the order drawn. */
  cosine: readonly (readonly number[])[];
  names: readonly string[];
  groups: readonly number[];
  /** Where the ramp begins; it ends at 1. */
  least: number;
  /** Rows outlined. */
  locked: readonly number[];
}

export interface TriangleOptions {
  width: number;
  theme: Theme;
  label: string;
  onPreview: (pair: [number, number] | null, anchor: Element | null, byKeyboard: boolean) => void;
  onLock: (row: number) => void;
}

export interface TriangleChart {
  update(data: TriangleData, options: TriangleOptions): void;
  destroy(): void;
  drawing(): SVGSVGElement;
}

/** Up to this many points, every cell shows its number. */
export const mostNumbers = 10;
/** Beyond this part of the ramp, text in the theme's own colour is hard to read. */
const rampShare = 0.5;
/** Height of a triangle without numbers. */
const tallest = 340;

/** Three decimals without the leading zero: `.952`, `−.031`, `1`. */
export function cosineText(value: number): string {
  return fixed(value, 3)
    .replace(/^(\u2212?)0\./, '$1.')
    .replace(/^1\.000$/, '1');
}

export function cosineColour(theme: Theme, value: number, least: number, numbers: boolean): string {
  const share = Math.max(0, Math.min(1, (value - least) / (1 - least || 1)));
  return theme.seq(share * (numbers ? rampShare : 1));
}

export function cosineTriangle(
  container: HTMLElement,
  first: TriangleData,
  firstOptions: TriangleOptions,
): TriangleChart {
  let data = first;
  let options = firstOptions;
  let cursor: [number, number] | null = null;
  const ground = svgEl('g', {});
  const over = svgEl('g', { fill: 'none' });
  const root = svgEl('svg', { class: 'embed-cosine', 'font-size': 11 }, ground, over);
  container.append(root);

  const layout = () => {
    const size = data.names.length;
    const numbers = size <= mostNumbers;
    const widest = Math.max(0, ...data.names.map((name) => nameWidth(name, false)));
    const left = numbers ? Math.min(112, widest + 24) : 20;
    const cell = numbers
      ? Math.min(72, Math.floor((options.width - left) / size))
      : Math.max(3, Math.min(14, Math.floor((options.width - left) / size), Math.floor(tallest / size)));
    const row = numbers ? Math.min(40, Math.max(22, Math.round(cell * 0.56))) : cell;
    return { size, numbers, left, cell, row, top: numbers ? 20 : 12, height: size * row };
  };

  const drawOver = (): SVGElement | null => {
    const { left, cell, row, top, size } = layout();
    const box = (r: number, c: number, width: number, attributes: Record<string, string | number>) =>
      svgEl('rect', { x: left + c * cell - 0.5, y: top + r * row - 0.5, width, height: row, ...attributes });
    const at = cursor && box(cursor[0], cursor[1], cell, { stroke: options.theme.foreground, 'stroke-width': 1.5 });
    const locked = data.locked.filter((r) => r < size);
    fill(over, ...locked.map((r) => box(r, 0, (r + 1) * cell, { stroke: options.theme.focus, 'stroke-width': 2 })), at);
    return at;
  };
  const preview = (pair: [number, number] | null, byKeyboard: boolean) => {
    if (pair?.[0] === cursor?.[0] && pair?.[1] === cursor?.[1]) return;
    cursor = pair;
    options.onPreview(pair, drawOver(), byKeyboard);
  };
  const under = (event: MouseEvent): [number, number] | null => {
    const area = root.getBoundingClientRect();
    const { left, cell, row, top, size } = layout();
    const r = Math.floor((event.clientY - area.top - top) / row);
    const c = Math.floor((event.clientX - area.left - left) / cell);
    return r >= 0 && r < size && c >= 0 && c <= r ? [r, c] : null;
  };
  root.addEventListener('pointermove', (event) => preview(under(event), false));
  root.addEventListener('pointerleave', () => preview(null, false));
  root.addEventListener('blur', () => preview(null, false));
  root.addEventListener('click', (event) => {
    const pair = under(event);
    if (pair) options.onLock(pair[0]);
  });
  const release = chartTabStop(root, {
    label: options.label,
    onMove(dx, dy) {
      const { size } = layout();
      const [r, c] = cursor ?? [0, 0];
      const next = Math.max(0, Math.min(size - 1, r + dy));
      preview([next, Math.max(0, Math.min(next, c + dx))], true);
    },
    onActivate: () => options.onLock(cursor?.[0] ?? 0),
  });

  const draw = () => {
    const { theme, width } = options;
    const { size, numbers, left, cell, row, top, height } = layout();
    if (cursor && cursor[0] >= size) cursor = null;
    root.setAttribute('width', String(width));
    root.setAttribute('height', String(top + height));
    root.setAttribute('aria-label', options.label);
    const grouped = data.groups.some((group) => group >= 0);
    const cells = data.cosine.flatMap((values, r) =>
      values.slice(0, r + 1).flatMap((value, c) => {
        const own = r === c;
        const ground = own ? theme.track : cosineColour(theme, value, data.least, numbers);
        const [x, y] = [left + c * cell, top + r * row];
        const gapped = numbers ? 2 : cell > 5 ? 1 : 0;
        const rect = svgEl('rect', { x, y, width: cell - gapped, height: row - gapped, fill: ground });
        if (!numbers) return [rect];
        const colour = own ? theme.muted : readable(theme, ground);
        const at = {
          x: x + cell / 2 - 1,
          y: y + row / 2 + 3,
          'text-anchor': 'middle',
          'font-size': cell < 40 ? 11 : 12,
        };
        return [rect, svgEl('text', { ...at, style: { fill: colour } }, own ? '1' : cosineText(value))];
      }),
    );
    const marks = data.names.flatMap((name, index) => {
      const y = top + index * row + row / 2 - 1;
      const small = numbers ? 40 : Math.min(40, row * 3);
      return [
        ...(grouped ? [groupMark(theme, data.groups[index], small, 8, y)] : []),
        ...(grouped && numbers
          ? [groupMark(theme, data.groups[index], 40, left + index * cell + cell / 2 - 1, 9)]
          : []),
        ...(numbers
          ? [
              svgEl(
                'text',
                { x: grouped ? 18 : 0, y: y + 4, style: { fill: theme.foreground } },
                clipped(name, left - 22),
              ),
            ]
          : []),
      ];
    });
    fill(ground, ...cells, ...marks);
    drawOver();
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

/** The theme's text colour if it stands out from the cell, else black or white. */
function readable(theme: Theme, ground: string): string {
  const there = lab(ground).l;
  if (Math.abs(there - lab(theme.foreground).l) > 42) return theme.foreground;
  return there > 50 ? '#000' : '#fff';
}

function clipped(name: string, width: number): string {
  if (nameWidth(name, false) <= width) return name;
  let text = name;
  while (text.length > 1 && nameWidth(`${text}…`, false) > width) text = text.slice(0, -1);
  return `${text}…`;
}
