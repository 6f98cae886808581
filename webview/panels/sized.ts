/** The common part of sections around a chart: each is drawn once it has a width, and again when its width or content changes. */
import type { ViewContext } from '../base/view';
import type { Chart } from '../charts/chart';

export interface Sized<Shown> {
  /** The content handed in last. */
  shown(): Shown | null;
  update(next: Shown): void;
  redraw(): void;
  stop(): void;
}

/** `draw` gets the width of `holder` in px, never 0. */
export function sized<Shown>(
  context: ViewContext,
  holder: HTMLElement,
  draw: (shown: Shown, width: number) => void,
): Sized<Shown> {
  let shown: Shown | null = null;
  let width = 0;
  const redraw = () => {
    if (shown !== null && width > 0) draw(shown, width);
  };
  const stop = context.onWidth(holder, (value) => {
    width = value;
    redraw();
  });
  return {
    shown: () => shown,
    update(next) {
      shown = next;
      redraw();
    },
    redraw,
    stop,
  };
}

export interface HeldChart<Shown, Made> extends Sized<Shown> {
  /** Null before it is first drawn. */
  chart(): Made | null;
}

/**
 * A chart that is created when it is first drawn and updated from then on. `inputs` gives its data and options for a width in px,
 * or null to take the chart away; `after` is called when it is drawn.
 */
export function heldChart<Shown, Data, Options, Made extends Chart<Data, Options>>(
  context: ViewContext,
  holder: HTMLElement,
  create: (holder: HTMLElement, data: Data, options: Options) => Made,
  inputs: (shown: Shown, width: number) => readonly [Data, Options] | null,
  after?: (shown: Shown, chart: Made) => void,
): HeldChart<Shown, Made> {
  let chart: Made | null = null;
  const take = () => {
    chart?.destroy();
    chart = null;
  };
  const drawing = sized<Shown>(context, holder, (shown, width) => {
    const now = inputs(shown, width);
    if (!now) return take();
    if (chart) chart.update(...now);
    else chart = create(holder, ...now);
    after?.(shown, chart);
  });
  return {
    ...drawing,
    chart: () => chart,
    stop() {
      drawing.stop();
      take();
    },
  };
}
