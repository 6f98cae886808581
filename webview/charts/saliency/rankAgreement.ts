/**
 * Rank correlation of every two methods as a lower triangle of numbered cells. The number shows the sign, and the tint follows
 * it. One tab stop: arrows move over the cells. Sends no messages.
 */
import { interpolateLab } from 'd3';
import { chartTabStop } from '../../base/a11y';
import { svgEl } from '../../base/dom';
import { fixed } from '../../base/format';
import type { Theme } from '../../base/theme';
import type { Chart } from '../shared/tokenText';
import { labelWidth } from './layout';

export interface AgreementData {
  labels: readonly string[];
  /** [M][M] −1 … 1; null where it is not known or where a method does not vary. */
  agreement: readonly (readonly (number | null)[])[];
}

export interface AgreementOptions {
  theme: Theme;
  /** px. */
  width: number;
  label: string;
  describe: (row: number, column: number) => string;
  announce: (text: string) => void;
}

const ROW = 30;
const HEAD = 20;

/** `.25`, `−.10`, `1`. */
export function correlation(value: number | null): string {
  if (value === null) return '–';
  const text = fixed(value);
  return Math.abs(value) >= 0.995 ? fixed(value, 0) : text.replace('0.', '.');
}

export function rankAgreement(
  container: HTMLElement,
  data: AgreementData,
  options: AgreementOptions,
): Chart<AgreementData, AgreementOptions> {
  let cursor: [row: number, column: number] | null = null;
  const svg = svgEl('svg', { class: 'rank-agreement' });
  container.append(svg);
  const draw = () => {
    const { theme, width } = options;
    const count = data.labels.length;
    const left = 12 + Math.max(26, ...data.labels.map((label) => labelWidth(label, 6.4)));
    const cell = Math.max(30, Math.min(64, Math.floor((width - left) / Math.max(1, count))));
    const cells = data.labels.flatMap((name, row) => [
      text(theme, name, { x: left - 10, y: HEAD + row * ROW + ROW / 2 - 1, 'text-anchor': 'end' }),
      ...Array.from({ length: row + 1 }, (_, column) => drawCell(row, column, left, cell)).flat(),
    ]);
    const heads = data.labels.map((name, column) =>
      text(theme, name, { class: 'm', x: left + column * cell + cell / 2 - 1, y: 8, 'text-anchor': 'middle' }),
    );
    svg.replaceChildren(...heads, ...cells);
    svg.setAttribute('width', String(Math.min(width, left + count * cell)));
    svg.setAttribute('height', String(HEAD + count * ROW));
  };
  const drawCell = (row: number, column: number, left: number, cell: number): SVGElement[] => {
    const { theme } = options;
    const value = row === column ? 1 : (data.agreement[row]?.[column] ?? null);
    const hue = (value ?? 0) < 0 ? theme.negativeTint : theme.positiveTint;
    const fill = row === column ? theme.track : interpolateLab(theme.background, hue)(Math.abs(value ?? 0));
    const here = cursor?.[0] === row && cursor[1] === column;
    const place = { x: left + column * cell, y: HEAD + row * ROW, width: cell - 2, height: ROW - 2 };
    const stroke = here ? theme.foreground : theme.highContrast ? theme.faint : 'none';
    return [
      svgEl('rect', { class: here ? 'cell cursor' : 'cell', ...place, fill, stroke }),
      text(theme, correlation(value), {
        class: row === column ? 'm' : '',
        x: place.x + place.width / 2,
        y: place.y + place.height / 2,
        'text-anchor': 'middle',
      }),
    ];
  };
  const move = (row: number, column: number) => {
    const last = data.labels.length - 1;
    if (last < 0) return;
    const at = Math.max(0, Math.min(last, row));
    cursor = [at, Math.max(0, Math.min(at, column))];
    draw();
    options.announce(options.describe(cursor[0], cursor[1]));
  };
  svg.addEventListener('blur', () => {
    cursor = null;
    draw();
  });
  const stopKeys = chartTabStop(svg, {
    label: options.label,
    onMove: (dx, dy) => (cursor ? move(cursor[0] + dy, cursor[1] + dx) : move(1, 0)),
    onEdge: (end) => (end < 0 ? move(0, 0) : move(data.labels.length - 1, data.labels.length - 1)),
  });
  draw();
  return {
    update(nextData, nextOptions) {
      if (data.labels.length !== nextData.labels.length) cursor = null;
      data = nextData;
      options = nextOptions;
      svg.setAttribute('aria-label', options.label);
      draw();
    },
    destroy() {
      stopKeys();
      svg.remove();
    },
  };
}

function text(theme: Theme, content: string, props: Record<string, unknown>): SVGTextElement {
  const fill = props.class === 'm' ? theme.muted : theme.foreground;
  return svgEl('text', { fill, dy: '.34em', ...props }, content);
}
