/**
 * The skeleton of every chart: it mounts the elements, makes them one tab stop, holds the cursor that pointer and arrow keys move,
 * draws again on an update and takes everything away at the end. A chart supplies its parts: the drawing, and which spot lies
 * where. A spot is the place of a cursor: an index, or an object of numbers such as `{ row, column }`. Sends no messages.
 */
import { chartTabStop } from '../base/a11y';

export interface Chart<Data, Options> {
  update(data: Data, options: Options): void;
  /** To be called before the container goes. */
  destroy(): void;
}

export interface DrawnChart<Data, Options> extends Chart<Data, Options> {
  /** The drawing as it stands, for an export. */
  drawing(): SVGSVGElement;
}

/** The current state of a chart. */
export interface Now<Data, Options, Spot> {
  data: Data;
  options: Options;
  /** The spot that the cursor is on; null for none. */
  cursor: Spot | null;
}

export interface ChartParts<Data, Options, Spot> {
  /** The tab stop. If it is the container itself, only its children are taken away at the end. */
  root: HTMLElement | SVGElement;
  /** The elements put into the container; only `root` if missing. */
  elements?: readonly Element[];
  /** Receives the pointer's events; `root` if missing. */
  surface?: HTMLElement | SVGElement;
  /** Charts made of elements instead of coordinates need `pointerover` only. */
  moves?: 'pointermove' | 'pointerover';
  /** Computes whatever the other parts rely on; called before each drawing of new data. */
  layout?(now: Now<Data, Options, Spot>): void;
  /** False if the spot is not in the new data; the cursor then goes. */
  exists?(spot: Spot, now: Now<Data, Options, Spot>): boolean;
  /** The drawing is done again only if one of these differs from the last time; always, if missing. */
  inputs?(now: Now<Data, Options, Spot>): readonly unknown[];
  draw(now: Now<Data, Options, Spot>): void;
  /** Draws the cursor and other marks over the drawing and returns the element for a card; `draw` if missing. */
  mark?(now: Now<Data, Options, Spot>): Element | null | undefined;
  /** The spot under the pointer. */
  under?(event: MouseEvent, now: Now<Data, Options, Spot>): Spot | null;
  /** Called instead of moving the cursor when the pointer comes to another spot. */
  point?(spot: Spot | null, now: Now<Data, Options, Spot>): void;
  /** The cursor is on another spot, or was asked for again by the keyboard. */
  show?(now: Now<Data, Options, Spot>, anchor: Element | null, byKeyboard: boolean): void;
  /** The spot that a step of the arrow keys leads to; null stays. */
  step(now: Now<Data, Options, Spot>, dx: number, dy: number): Spot | null;
  /** The spot for Home (−1) and End (1). */
  edge?(now: Now<Data, Options, Spot>, end: -1 | 1): Spot | null;
  /** Called on a click on a spot, and on Enter or space with the cursor, which may be null. */
  choose?(now: Now<Data, Options, Spot>, spot: Spot | null, click?: MouseEvent): void;
  /** Keys of its own, asked for before the common ones; true if it was handled. */
  key?(now: Now<Data, Options, Spot>, event: KeyboardEvent): boolean;
}

export interface MountedChart<Data, Options extends { label: string }, Spot> extends Chart<Data, Options> {
  readonly now: Now<Data, Options, Spot>;
  /** Moves the cursor. */
  show(spot: Spot | null, byKeyboard: boolean): void;
  /** Lays out and draws again, even if no input differs. */
  redraw(): void;
  /** Draws the marks again. */
  mark(): Element | null;
}

/** Mounts the parts in `container` and draws them. */
export function mountChart<Data, Options extends { label: string }, Spot>(
  container: HTMLElement,
  data: Data,
  options: Options,
  parts: ChartParts<Data, Options, Spot>,
): MountedChart<Data, Options, Spot> {
  const now: Now<Data, Options, Spot> = { data, options, cursor: null };
  const { root, elements = [root], inputs } = parts;
  let drawn: readonly unknown[] | null = null;
  const mark = () => {
    if (parts.mark) return parts.mark(now) ?? null;
    parts.draw(now);
    return root.querySelector('.cursor');
  };
  const redraw = (always = true) => {
    parts.layout?.(now);
    if (now.cursor !== null && parts.exists?.(now.cursor, now) === false) now.cursor = null;
    const next = inputs?.(now) ?? [];
    if (parts.mark && (always || !inputs || next.some((input, index) => input !== drawn?.[index]))) parts.draw(now);
    drawn = next;
    mark();
  };
  const show = (spot: Spot | null, byKeyboard: boolean) => {
    if (!byKeyboard && same(spot, now.cursor)) return;
    now.cursor = spot;
    const anchor = mark();
    parts.show?.(now, spot === null ? null : anchor, byKeyboard);
  };
  if (root !== container) container.append(...elements);
  const release = listen(now, parts, show);
  redraw();
  return {
    now,
    show,
    redraw,
    mark,
    update(nextData, nextOptions) {
      now.data = nextData;
      now.options = nextOptions;
      root.setAttribute('aria-label', nextOptions.label);
      redraw(false);
    },
    destroy() {
      release();
      if (root === container) root.replaceChildren();
      else for (const element of elements) element.remove();
    },
  };
}

/** Connects pointer and keys with `show`; the result takes the listeners away. */
function listen<Data, Options extends { label: string }, Spot>(
  now: Now<Data, Options, Spot>,
  parts: ChartParts<Data, Options, Spot>,
  show: (spot: Spot | null, byKeyboard: boolean) => void,
): () => void {
  const { root, surface = root, moves = 'pointermove' } = parts;
  const under = (event: MouseEvent) => parts.under?.(event, now) ?? null;
  let pointed: Spot | null = null;
  const point = (spot: Spot | null) => {
    if (!parts.point) return show(spot, false);
    if (same(spot, pointed)) return;
    pointed = spot;
    parts.point(spot, now);
  };
  const listeners: [on: HTMLElement | SVGElement, name: string, listener: (event: Event) => void][] = [
    [surface, moves, (event) => point(under(event as MouseEvent))],
    [surface, 'pointerleave', () => point(null)],
    [
      surface,
      'click',
      (event) => {
        const spot = under(event as MouseEvent);
        if (spot !== null) parts.choose?.(now, spot, event as MouseEvent);
      },
    ],
    [
      root,
      'blur',
      () => {
        pointed = null;
        show(null, false);
      },
    ],
  ];
  for (const [on, name, listener] of listeners) on.addEventListener(name, listener);
  const go = (spot: Spot | null) => {
    if (spot !== null) show(spot, true);
  };
  const release = chartTabStop(root, {
    label: now.options.label,
    onKey: (event) => parts.key?.(now, event) ?? false,
    onMove: (dx, dy) => go(parts.step(now, dx, dy)),
    onEdge: parts.edge && ((end) => go(parts.edge?.(now, end) ?? null)),
    onActivate: parts.choose && (() => parts.choose?.(now, now.cursor)),
  });
  return () => {
    release();
    for (const [on, name, listener] of listeners) on.removeEventListener(name, listener);
  };
}

/** True for equal numbers, and for objects with equal numbers. */
function same<Spot>(a: Spot | null, b: Spot | null): boolean {
  if (a === b) return true;
  if (!a || !b || typeof a !== 'object') return false;
  return (Object.keys(a) as (keyof Spot)[]).every((key) => a[key] === b[key]);
}

/** The nearest whole number of 0 … count − 1. */
export function within(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, value));
}

/** The index that a step leads to from the cursor; the first for no cursor, null in an empty list. */
export function nextIndex(cursor: number | null, by: number, count: number): number | null {
  return count === 0 ? null : cursor === null ? 0 : within(cursor + by, count);
}

/** The pointer's place in px from the top left corner of the element. */
export function placeIn(element: Element, event: MouseEvent): [x: number, y: number] {
  const { left, top } = element.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

/** A copy without the marks of its last group. */
export function withoutMarks(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.lastElementChild?.replaceChildren();
  return copy;
}

export function sizeSvg(svg: SVGElement, width: number, height: number): void {
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
}
