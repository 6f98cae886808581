/**
 * AUROC of each topic with its interval, in up to four columns; a mark is hollow where the interval touches chance. One tab stop
 * over the topics.
 */
import { scaleLinear } from 'd3';
import type { Figure } from '../../../src/analysis/truth/contract';
import { svgEl } from '../../base/dom';
import { type Drawing, ruleLine, type StepChart, type StepOptions, stepChart, words } from '../shared/stepChart';

export interface TopicRow {
  topic: string;
  figure: Figure;
  /** True if a pale mark before the name sets the topic off. */
  hard: boolean;
}

const ROW = 18;
const BETWEEN = 24;
const NAME = 84;
const VALUE = 32;
const LOWEST = 0.3;
/** The least width of a column in px. */
const COLUMN = 200;
const MOST_COLUMNS = 4;

export function topicIntervals(
  container: HTMLElement,
  data: readonly TopicRow[],
  options: StepOptions,
): StepChart<readonly TopicRow[], StepOptions> {
  return stepChart(container, 'topic-intervals', data, options, draw);
}

function draw(rows: readonly TopicRow[], { theme, width }: StepOptions, cursor: number | null): Drawing {
  const columns = Math.max(1, Math.min(MOST_COLUMNS, Math.floor((width + BETWEEN) / (COLUMN + BETWEEN))));
  const each = (width - (columns - 1) * BETWEEN) / columns;
  const high = Math.ceil(rows.length / columns);
  const place = (i: number) => ({ left: Math.floor(i / high) * (each + BETWEEN), y: 10 + (i % high) * ROW });
  const nodes = rows.flatMap(({ topic, figure, hard }, i) => {
    const { left, y } = place(i);
    const x = scaleLinear([LOWEST, 1], [left + NAME, left + each - VALUE - 6]).clamp(true);
    const apart = figure.low > 0.5 || figure.high < 0.5;
    return [
      ...(i === cursor
        ? [svgEl('rect', { class: 'cursor', x: left, width: each, y: y - ROW / 2, height: ROW, fill: theme.track })]
        : []),
      words(theme, topic.length > 13 ? `${topic.slice(0, 12)}…` : topic, { x: left, y, dy: '.32em', pale: hard }),
      ruleLine(theme.faint, [x(0.5), y - ROW / 2], [x(0.5), y + ROW / 2]),
      svgEl('line', {
        ...{ x1: x(figure.low), x2: x(figure.high), y1: y, y2: y },
        ...{ stroke: theme.muted, 'stroke-width': 2 },
      }),
      svgEl('circle', {
        ...{ cx: x(figure.value), cy: y, r: 3.5 },
        ...{ fill: apart ? theme.foreground : theme.background, stroke: theme.foreground },
      }),
      words(theme, topicText(figure.value), { x: left + each, y, dy: '.32em', 'text-anchor': 'end', pale: false }),
    ];
  });
  return {
    height: high * ROW + 4,
    nodes,
    steps: rows.length,
    nearest(x, y) {
      const column = Math.max(0, Math.min(columns - 1, Math.floor((x + BETWEEN / 2) / (each + BETWEEN))));
      const row = Math.floor(y / ROW);
      const index = column * high + row;
      return row >= 0 && row < high && index < rows.length ? index : null;
    },
  };
}

/** Two decimals without the leading zero (`1.00` for 1), so that the decimal points line up in a column. */
export function topicText(value: number): string {
  return value.toFixed(2).replace(/^0/, '');
}
