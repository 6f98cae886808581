/**
 * The common part of the small step charts: one tab stop, a cursor that arrows and the pointer move over the chart's steps
 * (layers, rows, bins, points), and a card at the cursor. A chart supplies its drawing and the nearest step. Sends no messages.
 */
import { chartTabStop } from '../../base/a11y';
import { type Props, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import type { Chart } from './tokenText';

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

export interface StepChart<Data, Options> extends Chart<Data, Options> {
  drawing(): SVGSVGElement;
}

/** `draw` marks the element that the cursor stands on with the class `cursor`. */
export function stepChart<Data, Options extends StepOptions>(
  container: HTMLElement,
  name: string,
  data: Data,
  options: Options,
  draw: (data: Data, options: Options, cursor: number | null) => Drawing,
): StepChart<Data, Options> {
  let cursor: number | null = null;
  let now: Drawing = { height: 0, nodes: [], steps: 0, nearest: () => null };
  const svg = svgEl('svg', { class: name });
  container.append(svg);
  const redraw = () => {
    now = draw(data, options, cursor);
    svg.replaceChildren(...now.nodes);
    svg.setAttribute('width', String(options.width));
    svg.setAttribute('height', String(now.height));
  };
  const show = (step: number | null) => {
    if (step === cursor) return;
    cursor = step;
    redraw();
    options.onHover(step, step === null ? null : svg.querySelector('.cursor'));
  };
  const move = (step: number) => {
    if (now.steps === 0) return;
    show(Math.max(0, Math.min(now.steps - 1, step)));
    options.announce(options.describe(cursor ?? 0));
  };
  const at = (event: MouseEvent) => {
    const { left, top } = svg.getBoundingClientRect();
    return now.nearest(event.clientX - left, event.clientY - top);
  };
  svg.addEventListener('pointermove', (event) => show(at(event)));
  svg.addEventListener('pointerleave', () => show(null));
  svg.addEventListener('blur', () => show(null));
  svg.addEventListener('click', (event) => {
    const step = at(event);
    if (step !== null) options.onChoose?.(step);
  });
  const stopKeys = chartTabStop(svg, {
    label: options.label,
    onMove: (dx, dy) => move(cursor === null ? 0 : cursor + (dx || dy)),
    onEdge: (end) => move(end < 0 ? 0 : now.steps - 1),
    onActivate: () => {
      if (cursor !== null) options.onChoose?.(cursor);
    },
  });
  redraw();
  return {
    update(nextData, nextOptions) {
      data = nextData;
      options = nextOptions;
      svg.setAttribute('aria-label', options.label);
      if (cursor !== null && cursor >= draw(data, options, null).steps) cursor = null;
      redraw();
    },
    destroy() {
      stopKeys();
      svg.remove();
    },
    drawing: () => withoutCursor(svg, draw(data, options, null)),
  };
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
