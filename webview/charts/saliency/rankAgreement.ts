/**
 * Rank correlation of every two methods as a lower triangle of numbered cells. The number shows the sign, and the tint follows
 * it. One tab stop: arrows move over the cells. Sends no messages.
 */
import { interpolateLab } from 'd3';
import { svgEl } from '../../base/dom';
import { fixed } from '../../base/format';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, sizeSvg, within } from '../chart';
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

type Cell = readonly [row: number, column: number];

export function rankAgreement(
  container: HTMLElement,
  first: AgreementData,
  firstOptions: AgreementOptions,
): Chart<AgreementData, AgreementOptions> {
  const svg = svgEl('svg', { class: 'rank-agreement' });
  let count = first.labels.length;
  const cellAt = (row: number, column: number): Cell | null => {
    const at = within(row, count);
    return count > 0 ? [at, within(column, at + 1)] : null;
  };
  return mountChart<AgreementData, AgreementOptions, Cell>(container, first, firstOptions, {
    root: svg,
    exists: (_, { data }) => data.labels.length === count,
    draw({ data, options, cursor }) {
      count = data.labels.length;
      const left = 12 + Math.max(26, ...data.labels.map((label) => labelWidth(label, 6.4)));
      const cell = Math.max(30, Math.min(64, Math.floor((options.width - left) / Math.max(1, count))));
      svg.replaceChildren(...heads(data, options.theme, left, cell), ...rows(data, options.theme, left, cell, cursor));
      sizeSvg(svg, Math.min(options.width, left + count * cell), HEAD + count * ROW);
    },
    show({ options, cursor }, _, byKeyboard) {
      if (byKeyboard && cursor) options.announce(options.describe(...cursor));
    },
    step: ({ cursor }, dx, dy) => (cursor ? cellAt(cursor[0] + dy, cursor[1] + dx) : cellAt(1, 0)),
    edge: (_, end) => (end < 0 ? cellAt(0, 0) : cellAt(count - 1, count - 1)),
  });
}

function heads({ labels }: AgreementData, theme: Theme, left: number, cell: number): SVGElement[] {
  return labels.map((name, column) =>
    text(theme, name, { class: 'm', x: left + column * cell + cell / 2 - 1, y: 8, 'text-anchor': 'middle' }),
  );
}

function rows(data: AgreementData, theme: Theme, left: number, cell: number, cursor: Cell | null): SVGElement[] {
  return data.labels.flatMap((name, row) => [
    text(theme, name, { x: left - 10, y: HEAD + row * ROW + ROW / 2 - 1, 'text-anchor': 'end' }),
    ...Array.from({ length: row + 1 }, (_, column) => {
      const value = row === column ? 1 : (data.agreement[row]?.[column] ?? null);
      const hue = (value ?? 0) < 0 ? theme.negativeTint : theme.positiveTint;
      const fill = row === column ? theme.track : interpolateLab(theme.background, hue)(Math.abs(value ?? 0));
      const here = cursor?.[0] === row && cursor[1] === column;
      const place = { x: left + column * cell, y: HEAD + row * ROW, width: cell - 2, height: ROW - 2 };
      const stroke = here ? theme.foreground : theme.highContrast ? theme.faint : 'none';
      const middle = { x: place.x + place.width / 2, y: place.y + place.height / 2, 'text-anchor': 'middle' };
      return [
        svgEl('rect', { class: here ? 'cell cursor' : 'cell', ...place, fill, stroke }),
        text(theme, correlation(value), { class: row === column ? 'm' : '', ...middle }),
      ];
    }).flat(),
  ]);
}

function text(theme: Theme, content: string, props: Record<string, unknown>): SVGTextElement {
  const fill = props.class === 'm' ? theme.muted : theme.foreground;
  return svgEl('text', { fill, dy: '.34em', ...props }, content);
}
