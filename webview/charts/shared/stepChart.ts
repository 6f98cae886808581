/**
 * The common part of the small step charts: one tab stop, a cursor that arrows and the pointer move over the chart's steps
 * (layers, rows, bins, points), and a card at the cursor. A chart supplies its drawing and the nearest step. Sends no messages.
 */
import { type Props, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { type DrawnChart, mountChart, nextIndex, placeIn, sizeSvg } from '../chart';

export interface StepOptions {
  theme: Theme;
  /** px. */
  width: number;
  label: string;
  /** The words for a step. */
  describe: (step: number) => string;
  announce: (text: string) => void;
  /** The step under the pointer or the arrows, and the element for a card. */
  onHover: (step: number | null, anchor: Element | null) => void;
  /** Called on a click or Enter on a step. */
  onChoose?: (step: number) => void;
}

export interface Drawing {
  /** px. */
  height: number;
  nodes: SVGElement[];
  steps: number;
  /** The step nearest to a point; null if the pointer is on none. */
  nearest: (x: number, y: number) => number | null;
}

export type StepChart<Data, Options> = DrawnChart<Data, Options>;

/** `draw` marks the element that the cursor stands on with the class `cursor`. */
export function stepChart<Data, Options extends StepOptions>(
  container: HTMLElement,
  name: string,
  data: Data,
  options: Options,
  draw: (data: Data, options: Options, cursor: number | null) => Drawing,
): StepChart<Data, Options> {
  let now: Drawing;
  const svg = svgEl('svg', { class: name });
  const chart = mountChart<Data, Options, number>(container, data, options, {
    root: svg,
    exists: (step, next) => step < draw(next.data, next.options, null).steps,
    draw(next) {
      now = draw(next.data, next.options, next.cursor);
      svg.replaceChildren(...now.nodes);
      sizeSvg(svg, next.options.width, now.height);
    },
    under: (event) => now.nearest(...placeIn(svg, event)),
    show({ options: { onHover, announce, describe }, cursor }, anchor, byKeyboard) {
      onHover(cursor, anchor);
      if (byKeyboard && cursor !== null) announce(describe(cursor));
    },
    step: ({ cursor }, dx, dy) => nextIndex(cursor, dx || dy, now.steps),
    edge: (_, end) => nextIndex(0, end * now.steps, now.steps),
    choose({ options: { onChoose } }, step) {
      if (step !== null) onChoose?.(step);
    },
  });
  return { ...chart, drawing: () => withoutCursor(svg, draw(chart.now.data, chart.now.options, null)) };
}

function withoutCursor(svg: SVGSVGElement, { nodes }: Drawing): SVGSVGElement {
  const copy = svg.cloneNode(false) as SVGSVGElement;
  copy.append(...nodes);
  return copy;
}

/** Text beside a chart: axes and captions are pale, names in the text colour. */
export function words(
  theme: Theme,
  text: string,
  place: Props & { pale?: boolean /** Drawn over a curve and set off from it. */; over?: boolean },
): SVGElement {
  const { pale = true, over = false, ...props } = place;
  const apart = over
    ? { 'paint-order': 'stroke', stroke: theme.background, 'stroke-width': 4, 'stroke-linejoin': 'round' }
    : {};
  const fill = pale ? theme.muted : theme.foreground;
  return svgEl('text', { class: pale ? 'm' : undefined, fill, ...apart, ...props }, text);
}

export function ruleLine(stroke: string, from: readonly [number, number], to: readonly [number, number]): SVGElement {
  return svgEl('line', {
    x1: from[0],
    y1: from[1],
    x2: to[0],
    y2: to[1],
    stroke,
    'shape-rendering': 'crispEdges',
  });
}

/** Width in px at 11 px; Chinese characters take twice the room. */
export function textWidth(text: string): number {
  return [...text].reduce((sum, c) => sum + (c > '\u2e7f' ? 11.2 : 6), 0);
}

/** The index whose place is nearest; null for an empty list. */
export function nearestIndex(places: readonly number[], at: number): number | null {
  let best: number | null = null;
  places.forEach((place, index) => {
    if (best === null || Math.abs(place - at) < Math.abs(places[best] - at)) best = index;
  });
  return best;
}
