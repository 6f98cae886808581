/**
 * The training statements in two dimensions, true ones as filled dots, false ones as hollow squares. The file's own statements
 * stand among them with the marks of their verdicts; the chosen one is ringed. One tab stop over the file's statements.
 */
import { extent, scaleLinear } from 'd3';
import type { ProbeCard, Verdict } from '../../../src/analysis/truth/contract';
import { svgEl } from '../../base/dom';
import { type Drawing, type StepChart, type StepOptions, stepChart, words } from '../shared/stepChart';
import { verdictMark } from './marks';

export interface TruthMapData {
  training: Pick<ProbeCard['map'], 'x' | 'y' | 'label'>;
  statements: readonly { x: number; y: number; verdict: Verdict; outside: boolean }[];
  chosen: number | null;
}

export interface TruthMapOptions extends StepOptions {
  /** px. */
  height: number;
  axes: readonly [string, string];
}

const MARGIN = 12;
const REACH = 14;

export function truthMap(
  container: HTMLElement,
  data: TruthMapData,
  options: TruthMapOptions,
): StepChart<TruthMapData, TruthMapOptions> {
  return stepChart(container, 'truth-map', data, options, draw);
}

function draw(data: TruthMapData, options: TruthMapOptions, cursor: number | null): Drawing {
  const { training, statements, chosen } = data;
  const { theme, width, height, axes } = options;
  const { x, y } = scales(data, width, height);
  const paths = { true: '', false: '' };
  training.x.forEach((value, i) => {
    const [cx, cy] = [x(value).toFixed(1), y(training.y[i]).toFixed(1)];
    if (training.label[i]) paths.true += `M${cx} ${cy}m-1.5 0a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0 -3 0`;
    else paths.false += `M${cx} ${cy}m-1.5 -1.5h3v3h-3z`;
  });
  const places = statements.map((statement) => ({ x: x(statement.x), y: y(statement.y) }));
  const nodes: SVGElement[] = [
    svgEl('rect', { x: 0.5, y: 0.5, width: width - 1, height: height - 1, fill: 'none', stroke: theme.track }),
    svgEl('path', { d: paths.false, fill: 'none', stroke: theme.negative, 'stroke-width': 0.75, opacity: 0.55 }),
    svgEl('path', { d: paths.true, fill: theme.positive, opacity: 0.55 }),
    words(theme, axes[0], { x: width - 6, y: height - 6, 'text-anchor': 'end' }),
    words(theme, axes[1], { x: 6, y: 14 }),
  ];
  statements.forEach(({ verdict }, i) => {
    if (i === chosen) return;
    nodes.push(halo(theme.background, places[i]), verdictMark(theme, verdict, places[i].x, places[i].y));
  });
  const ring = (i: number, stroke: string, name?: string) =>
    svgEl('circle', {
      ...{ class: name, cx: places[i].x, cy: places[i].y, r: 9 },
      ...{ fill: 'none', stroke, 'stroke-width': 2 },
    });
  if (chosen !== null && statements[chosen])
    nodes.push(
      halo(theme.background, places[chosen]),
      verdictMark(theme, statements[chosen].verdict, places[chosen].x, places[chosen].y),
      ring(chosen, theme.focus),
    );
  if (cursor !== null && places[cursor]) nodes.push(ring(cursor, theme.foreground, 'cursor'));
  return {
    height,
    nodes,
    steps: statements.length,
    nearest(atX, atY) {
      const distances = places.map((place) => Math.hypot(place.x - atX, place.y - atY));
      const least = Math.min(...distances);
      return least <= REACH ? distances.indexOf(least) : null;
    },
  };
}

function halo(fill: string, { x, y }: { x: number; y: number }): SVGElement {
  return svgEl('circle', { cx: x, cy: y, r: 7, fill });
}

/** Scales with the same unit on both axes. */
function scales({ training, statements }: TruthMapData, width: number, height: number) {
  const [left = 0, right = 1] = extent([...training.x, ...statements.map(({ x }) => x)]) as [number?, number?];
  const [low = 0, high = 1] = extent([...training.y, ...statements.map(({ y }) => y)]) as [number?, number?];
  const unit = Math.max((right - left) / (width - 2 * MARGIN), (high - low) / (height - 2 * MARGIN)) || 1;
  const [middleX, middleY] = [(left + right) / 2, (low + high) / 2];
  const halfX = (unit * (width - 2 * MARGIN)) / 2;
  const halfY = (unit * (height - 2 * MARGIN)) / 2;
  return {
    x: scaleLinear([middleX - halfX, middleX + halfX], [MARGIN, width - MARGIN]),
    y: scaleLinear([middleY - halfY, middleY + halfY], [height - MARGIN, MARGIN]),
  };
}
